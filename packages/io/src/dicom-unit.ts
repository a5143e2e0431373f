import type { DicomInstance } from './dicom-header.js';

/** The units that numbers of a CT in HU have, in capitals; US is what a file gives that doesn't know. */
const HU_UNITS: ReadonlySet<string> = new Set(['', 'HU', 'US', 'UNSPECIFIED']);

/** A slice whose numbers aren't HU. */
export interface OtherUnit {
  /** The slice's name. */
  readonly name: string;
  /** DICOM's RescaleType, `Z_EFF` for instance. */
  readonly unit: string;
}

/**
 * The first slice that says that its numbers are something else than HU.
 *
 * @see https://dicom.nema.org/medical/dicom/current/output/chtml/part03/sect_C.11.html#sect_C.11.1.1.2
 */
export function otherUnitOf(instances: readonly DicomInstance[]): OtherUnit | undefined {
  const found = instances.find(({ pixels }) => !HU_UNITS.has(pixels!.unit.toUpperCase()));
  return found === undefined ? undefined : { name: found.name, unit: found.pixels!.unit };
}
