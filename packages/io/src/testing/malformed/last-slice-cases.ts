import type { Rng } from '@lungseg/core';
import { dicomSeries } from '../synthetic-dicom.js';
import { huVolume } from '../volumes.js';
import { CaseList, type MalformedCase } from './damage.js';
import { elementStarts } from './dicom-cases.js';

const volume = huVolume({ origin: [-10, 20, 30] });

/** The last slice of a series whose files have no endings, as most exports have them: nobody would miss it. */
export function lastSliceCases(rng: Rng): MalformedCase[] {
  const files = dicomSeries(volume).map((file, k) => ({ ...file, name: `1.2.840.${k + 1}` }));
  const list = new CaseList('DICOM without endings', (bytes) =>
    files.map((file, k) => (k === files.length - 1 ? { ...file, bytes } : file)),
  );
  const { bytes } = files.at(-1)!;
  list.cutAt(bytes, {
    'the start': 0,
    'the mark': 132,
    ...elementStarts(bytes),
    'the end': bytes.byteLength - 1,
  });
  list.flipBits(bytes, rng, 100, [128, bytes.byteLength - 40]);
  list.add('its first sector lost', () => bytes.map((byte, n) => (n < 512 ? 0 : byte)));
  list.add('noise instead', () => bytes.map(() => rng.integer(0, 256)));
  list.add('a page of an error instead', () => new TextEncoder().encode('<html>404 Not Found</html>'));
  return list.cases;
}
