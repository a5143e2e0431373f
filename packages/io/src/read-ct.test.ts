import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createVolume, type Volume } from '@lungseg/core';
import { listSeries } from './list-series.js';
import { readCt } from './read-ct.js';
import { readVolume } from './read-volume.js';
import { dicomSeries, type DicomElements } from './testing/synthetic-dicom.js';
import { huVolume } from './testing/volumes.js';
import { writeVolume } from './write-volume.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lungseg-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

// Spacings that NIfTI's float32 holds exactly.
const volume = huVolume({ spacing: [0.75, 1.25, 2.5] });
/** The first voxels of each slice as a scanner's padding, the others as they are. */
const padded = (padding: number) =>
  createVolume(
    volume.data.map((hu, n) => (n % 20 < 3 ? padding : hu)),
    volume.geometry,
  );
const withAir = padded(-1024);

async function series(
  of: Volume<Int16Array>,
  elements: DicomElements | ((k: number) => DicomElements),
  rescaled = true,
): Promise<string> {
  const path = join(folder, 'ct');
  await mkdir(path);
  const rescale = () => ({ slope: 1, intercept: rescaled ? -1024 : 0 });
  const edit = typeof elements === 'function' ? elements : () => elements;
  const files = dicomSeries(of, { signed: true, rescale, edit });
  for (const { name, bytes } of files) await writeFile(join(path, name), bytes);
  return path;
}

/** A series whose slices step to the back by half a mm, as those of a tilted gantry do. */
function tilted(of: Volume<Int16Array>, elements: DicomElements, rescaled = true): Promise<string> {
  const [x, y, z] = of.geometry.origin;
  return series(
    of,
    (k) => ({ ...elements, '00200032': ['DS', `${x}\\${y + 0.5 * k}\\${z + 2.5 * k}`] }),
    rescaled,
  );
}

describe('readCt', () => {
  test.each(['.nii.gz', '.nrrd', '.mha'])(
    'makes air of a circle of -2000 HU, and says so: %s',
    async (extension) => {
      const path = join(folder, `scan${extension}`);
      await writeVolume(path, padded(-2000));
      const { volume: result, warnings } = await readCt(path);
      expect(result).toEqual(withAir);
      expect(warnings).toEqual([
        "18 of 120 voxels lie outside of the scanner's circle (below -1500 HU): they were made air, -1024 HU.",
      ]);
    },
  );

  test('does so in DICOM, too', async () => {
    const { volume: result, warnings } = await readCt(await series(padded(-3024), {}));
    expect(result).toEqual(withAir);
    expect(warnings).toEqual([expect.stringContaining('18 of 120 voxels lie outside')]);
  });

  test.each<[string, number, DicomElements]>([
    ['value', -1300, { '00280120': ['SS', -1300 + 1024] }],
    ['range', -1300, { '00280120': ['SS', -1400 + 1024], '00280121': ['SS', -1250 + 1024] }],
    [
      'range, the other way round',
      -1300,
      { '00280120': ['US', -1250 + 1024], '00280121': ['US', -1400 + 1024] },
    ],
    ['value above all tissue', 31000, { '00280120': ['SS', 31000 + 1024] }],
  ])("makes air of DICOM's padding %s", async (_, padding, edit) => {
    const { volume: result, warnings } = await readCt(await series(padded(padding), edit));
    expect(result).toEqual(withAir);
    expect(warnings).toEqual([
      "18 of 120 voxels hold the scanner's padding value: they were made air, -1024 HU.",
    ]);
  });

  test('leaves a body whole where the padding value is one that it has', async () => {
    const { volume: result, warnings } = await readCt(
      await series(volume, { '00280120': ['SS', 1024 - 37] }),
    );
    expect(result).toEqual(volume);
    expect(warnings).toEqual([
      '0.dcm says that -37 HU is padding, which a body has, too: it was left as it is.',
    ]);
  });

  test('refuses what can not be HU, unless told that it is', async () => {
    const path = join(folder, 'mr.nii.gz');
    const mr = createVolume(
      volume.data.map((hu) => hu + 1000),
      volume.geometry,
    );
    await writeVolume(path, mr);
    await expect(readCt(path)).rejects.toThrow(`${path} can't be in HU: none of its numbers is negative`);
    expect((await readCt(path, { assumeHu: true })).volume).toEqual(mr);
  });

  test.each(['Z_EFF', 'PCT', 'OD', 'HU_MOD', 'MGML', 'ED', 'EDW'])(
    'refuses a CT that says that its numbers are in %s, although they look like HU, unless told that they are',
    async (unit) => {
      const path = await series(volume, { '00281054': ['LO', unit] });
      await expect(readCt(path)).rejects.toMatchObject({
        kind: 'unsupported',
        message: `${path} is not in HU: 0.dcm says that its numbers are in ${unit}. lungseg needs a CT in HU, where air is -1000 and water 0: pick another, or say by the option assumeHu that these are HU.`,
      });
      const { volume: result, warnings } = await readCt(path, { assumeHu: true });
      expect(result).toEqual(volume);
      expect(warnings).toEqual([`0.dcm says that its numbers are in ${unit}: they are taken as HU.`]);
    },
  );

  test('refuses a CT of which one slice, at its end, is in another unit', async () => {
    const path = await series(volume, (k) => ({ '00281054': ['LO', k === 5 ? 'Z_EFF' : 'HU'] }));
    await expect(readCt(path)).rejects.toThrow('5.dcm says that its numbers are in Z_EFF');
  });

  test.each(['HU', 'hu', 'US', 'UNSPECIFIED', 'Unspecified', ''])(
    'takes a CT whose unit is "%s"',
    async (unit) => {
      const { volume: result, warnings } = await readCt(await series(volume, { '00281054': ['LO', unit] }));
      expect(result).toEqual(volume);
      expect(warnings).toEqual([]);
    },
  );

  describe("NIfTI's intent", () => {
    const write = async (intent: number): Promise<string> => {
      const path = join(folder, 'map.nii');
      await writeVolume(path, volume);
      const bytes = await readFile(path);
      bytes.writeInt16LE(intent, 68);
      await writeFile(path, bytes);
      return path;
    };

    test.each([
      [1002, 'labels'],
      [5, 'z scores'],
      [22, 'p-values'],
      [2, 'a statistic'],
      [24, 'a statistic'],
      [1007, 'vectors'],
      [2003, 'colours'],
    ])(
      '%i is refused: %s, although they look like HU, unless told that they are',
      async (intent, meaning) => {
        const path = await write(intent);
        await expect(readCt(path)).rejects.toMatchObject({
          kind: 'unsupported',
          message: expect.stringContaining(
            `${path} is not in HU: ${path} says that it holds ${meaning} (NIfTI intent ${intent}). lungseg needs a CT`,
          ),
        });
        expect((await readCt(path, { assumeHu: true })).volume).toEqual(volume);
        expect((await listSeries(path)).series).toMatchObject([{ isSuitable: false }]);
        expect((await readVolume(path, { kind: 'label' })).volume.data).toEqual(volume.data);
      },
    );

    test.each([0, 1001, 2001])('%i is that of a scan, or of anything', async (intent) => {
      const { volume: result, warnings } = await readCt(await write(intent));
      expect(result).toEqual(volume);
      expect(warnings).toEqual([]);
    });
  });

  test('refuses a CT without its rescale, although its padding is negative', async () => {
    const stored = createVolume(
      volume.data.map((hu, n) => (n % 20 < 3 ? -2000 : hu + 1024)),
      volume.geometry,
    );
    const edit: DicomElements = {
      '00280120': ['SS', -2000],
      '00281052': ['DS', ''],
      '00281053': ['DS', ''],
    };
    await expect(readCt(await series(stored, edit, false))).rejects.toThrow(
      /can't be in HU: none of its numbers is negative, they go from 95 to 1467/,
    );
  });

  describe('air that was put in does not make HU of other numbers', () => {
    const stored = createVolume(
      volume.data.map((hu) => hu + 1024),
      volume.geometry,
    );

    test('padding that was declared', async () => {
      const outside = createVolume(
        stored.data.map((value, n) => (n % 20 < 3 ? -2000 : value)),
        volume.geometry,
      );
      const edit: DicomElements = {
        '00280120': ['SS', -2000],
        '00281052': ['DS', '0'],
        '00281053': ['DS', '1'],
      };
      await expect(readCt(await series(outside, edit, false))).rejects.toThrow(
        /can't be in HU: none of its numbers is negative/,
      );
    });

    test('what a tilted gantry leaves open', async () => {
      const edit: DicomElements = { '00281052': ['DS', '0'], '00281053': ['DS', '1'] };
      const path = await tilted(stored, edit, false);
      await expect(readCt(path)).rejects.toThrow(/can't be in HU: none of its numbers is negative/);
      expect((await readCt(path, { assumeHu: true })).warnings).toEqual([expect.stringContaining('gantry')]);
    });
  });

  test('padding is made air before a tilted series is sampled anew, so that none of it is left in between', async () => {
    const { volume: result, warnings } = await readCt(await tilted(padded(-3024), {}));
    expect(warnings).toContainEqual(expect.stringContaining('18 of 120 voxels lie outside'));
    expect(Math.min(...result.data)).toBeGreaterThanOrEqual(-1024);
  });
});
