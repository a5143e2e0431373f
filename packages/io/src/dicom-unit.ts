import type { DicomInstance } from './dicom-header.js';
import type { OtherNumbers } from './read-options.js';

/** The units that numbers of a CT in HU have, in capitals; US is what a file gives that doesn't know. */
const HU_UNITS: ReadonlySet<string> = new Set(['', 'HU', 'US', 'UNSPECIFIED']);

/**
 * The first slice that says by its RescaleType that its numbers are something else than HU.
 *
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.11.html#sect_C.11.1.1.2
 */
export function otherUnitOf(instances: readonly DicomInstance[]): OtherNumbers | undefined {
  const found = instances.find(({ pixels }) => !HU_UNITS.has(pixels!.unit.toUpperCase()));
  return found === undefined
    ? undefined
    : { name: found.name, meaning: `its numbers are in ${found.pixels!.unit}` };
}
