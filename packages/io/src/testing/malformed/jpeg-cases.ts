import type { Rng } from '@lungseg/core';
import { encodeJpegLossless } from '../jpeg-lossless.js';
import { dicomSeries, encapsulate, JPEG_LOSSLESS } from '../synthetic-dicom.js';
import { huVolume } from '../volumes.js';
import { CaseList, edited, joined, type MalformedCase } from './damage.js';

const volume = huVolume({ origin: [-10, 20, 30] });

/** The slice that is damaged. */
const DAMAGED = 2;

/** A slice of lossless JPEG among whole ones. */
export function jpegCases(rng: Rng): MalformedCase[] {
  const [columns, rows] = volume.geometry.size;
  const frameOf = (k: number): Uint8Array =>
    encodeJpegLossless({
      rows,
      columns,
      precision: 12,
      predictor: 4,
      linesPerRestart: 2,
      pointTransform: 0,
      hasLongCodes: false,
      pixels: Array.from(volume.data.slice(k * rows * columns, (k + 1) * rows * columns), (hu) => hu + 1024),
    });
  const frame = frameOf(DAMAGED);
  const list = new CaseList('DICOM JPEG lossless', (bytes) =>
    dicomSeries(volume, {
      transferSyntax: JPEG_LOSSLESS,
      edit: (k) => ({ '7fe00010': ['OB', encapsulate(k === DAMAGED ? bytes : frameOf(k))] }),
    }),
  );
  const markers = [...frame.keys()].filter((n) => frame[n] === 0xff && frame[n + 1] !== 0);
  const end = markers.pop()!;
  list.cutAt(
    frame,
    Object.fromEntries(markers.map((at) => [`marker ${frame[at + 1]!.toString(16)}, byte ${at}`, at])),
  );
  list.add('cut in its last pixels', () => frame.slice(0, end - 1));
  list.add('without the mark of its end', () => frame.slice(0, end), false);
  list.flipBits(frame, rng, 60, [0, frame.byteLength]);
  list.add('noise instead', () => frame.map(() => rng.integer(0, 256)));
  list.add('65535 x 65535 pixels', () => edited(frame, (view) => view.setUint32(sizeIn(frame), 0xffffffff)));
  list.add('no rows', () => edited(frame, (view) => view.setUint16(sizeIn(frame), 0)));
  list.add(
    'a hundred thousand tables',
    () =>
      joined(
        frame.subarray(0, 2),
        ...Array<Uint8Array>(100_000).fill(frame.subarray(2, markers[2])),
        frame.subarray(markers[2]),
      ),
    false,
  );
  list.add('a megabyte of ones', () => joined(frame.subarray(0, 2), new Uint8Array(2 ** 20).fill(0xff)));
  return list.cases;
}

/** Where a lossless JPEG says how many rows it has. */
const sizeIn = (frame: Uint8Array): number => Buffer.from(frame).indexOf(Buffer.from([0xff, 0xc3])) + 5;
