import type { Rng } from '@lungseg/core';
import { enhancedDicom, type DicomElements } from '../synthetic-dicom.js';
import { huVolume } from '../volumes.js';
import { CaseList, edited, type MalformedCase } from './damage.js';
import { elementStarts } from './dicom-cases.js';

const volume = huVolume({ origin: [-10, 20, 30] });

/** Values that one frame must not have, by tag. */
const WRONG_VALUES: Readonly<Record<string, readonly string[]>> = {
  '00200032': ['NaN\\0\\0', '0\\0', '', '1e400\\0\\0', '-10\\20\\1e300', '-10\\20\\30'],
  '00281052': ['NaN', '1e300', 'Infinity'],
  '00281053': ['NaN', '0', '1e300'],
};

/** Damaged enhanced multi-frame DICOM. */
export function multiFrameCases(rng: Rng): MalformedCase[] {
  const list = new CaseList('DICOM multi-frame', (bytes) => [{ name: 'enhanced.dcm', bytes }]);
  const fileWith = (edit: (k: number) => DicomElements): Uint8Array =>
    enhancedDicom(volume, { edit })[0]!.bytes;
  const file = fileWith(() => ({}));
  const starts = elementStarts(file);
  list.cutAt(file, { ...starts, 'the end': file.byteLength - 1 });
  list.flipBits(file, rng, 60, [starts['element 52009229']!, starts['element 7fe00010']! + 12]);
  for (const [tag, values] of Object.entries(WRONG_VALUES))
    for (const value of values)
      list.add(`${tag} "${value}" in one frame`, () =>
        fileWith((k) => (k === 2 ? { [tag]: ['DS', value] } : {})),
      );
  const at = starts['element 00280008']! + 8;
  // One letter and a space.
  for (const frames of ['0', '1', '5', '7', '9', '-', 'x'])
    list.add(`"${frames}" frames`, () =>
      edited(file, (_, copy) => copy.set(new TextEncoder().encode(frames), at)),
    );
  list.add('all frames at one place', () => fileWith(() => ({ '00200032': ['DS', '-10\\20\\30'] })));
  return list.cases;
}
