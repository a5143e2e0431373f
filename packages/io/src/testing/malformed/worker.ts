/** Reads malformed input, case by case as it is told to, in a process of its own: what kills it kills nothing else. */
import { isLungsegError, sameGrid, type Volume } from '@lungseg/core';
import { nodeCodecs } from '../../node-codecs.js';
import { readVolumeFromFiles } from '../../read-volume-from-files.js';
import { huVolume } from '../volumes.js';
import { malformedCases } from './corpus.js';
import { nifti1Of } from './nifti-cases.js';
import type { MalformedOutcome } from './outcome.js';

/** Every base is made of this volume. */
const original = huVolume({ origin: [-10, 20, 30] });
const good = { name: 'good.nii', bytes: nifti1Of(original) };

const KINDS: Readonly<Record<string, MalformedOutcome['outcome']>> = {
  read: 'read error',
  unsupported: 'unsupported',
  'invalid-argument': 'invalid argument',
  shape: 'invalid argument',
};

/** An error's text must be short enough to be read. */
const LONGEST_TEXT = 1200;

const cases = malformedCases();

async function outcomeOf(index: number): Promise<MalformedOutcome> {
  const { name, format, mustFail, make } = cases[index]!;
  const files = make();
  const start = performance.now();
  let result: Pick<MalformedOutcome, 'outcome' | 'detail'>;
  try {
    const { volume } = await readVolumeFromFiles(files, { codecs: nodeCodecs });
    const difference = compare(volume);
    result = mustFail
      ? { outcome: 'wrong', detail: `it must be refused, but was read: ${difference}` }
      : { outcome: 'read', detail: difference };
  } catch (error) {
    result = judge(error);
  }
  const milliseconds = performance.now() - start;
  const isGoodRead = await readVolumeFromFiles([good]).then(
    ({ volume }) => compare(volume) === SAME,
    () => false,
  );
  if (!isGoodRead) result = { outcome: 'wrong', detail: 'a good file is not read after it' };
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { index, name, format, ...result, milliseconds, peakBytes };
}

function judge(error: unknown): Pick<MalformedOutcome, 'outcome' | 'detail'> {
  if (!isLungsegError(error))
    return { outcome: 'wrong', detail: `not an error of lungseg: ${String(error)}` };
  const { message, kind } = error;
  if (message.length > LONGEST_TEXT || !/[.\w]$/.test(message) || /undefined|\[object|\0/.test(message))
    return { outcome: 'wrong', detail: `an error that nobody can read: ${message.slice(0, 300)}` };
  return { outcome: KINDS[kind]!, detail: message };
}

const SAME = 'same grid, same voxels';

/** How a volume differs from the one that every case is made of. */
function compare(volume: Volume): string {
  const { geometry, data } = volume;
  if (geometry.size.join() !== original.geometry.size.join())
    return `another size: ${geometry.size.join(' x ')}`;
  const grid = sameGrid(geometry, original.geometry) ? 'same grid' : 'another place or spacing';
  let differing = 0;
  for (let n = 0; n < data.length; n++) if (data[n] !== original.data[n]) differing++;
  return `${grid}, ${differing === 0 ? 'same voxels' : `${differing} of ${data.length} voxels differ`}`;
}

process.on('message', (index: number) => {
  void outcomeOf(index).then((outcome) => process.send!(outcome));
});
process.send!({
  count: cases.length,
  names: cases.map(({ name }) => name),
  idleBytes: process.memoryUsage().rss,
});
