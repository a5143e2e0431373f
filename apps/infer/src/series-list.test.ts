import { describe, expect, test } from '@jest/globals';
import type { SeriesSummary } from '@lungseg/io';
import { formatSeriesList } from './series-list.js';

const ct: SeriesSummary = {
  format: 'dicom',
  seriesInstanceUid: '1.2.3',
  studyInstanceUid: '1.2',
  patientId: 'A-7',
  modality: 'CT',
  description: 'Thin',
  folder: 'a/thin',
  slices: 300,
  size: [512, 512, 300],
  spacing: [0.6835937, 0.6835937, 1.25],
  isSuitable: true,
  isDefault: true,
  remark: 'axial CT',
};

describe('formatSeriesList', () => {
  test('says what each series is, why it is suitable or not, and how to ask for it', () => {
    const { size: _, spacing: __, ...rest } = ct;
    const scout = { ...rest, seriesInstanceUid: '1.9', slices: 1, isSuitable: false, isDefault: false };
    const text = formatSeriesList({
      series: [ct, { ...scout, description: '', patientId: '', folder: '', remark: 'localizer' }],
      notes: ['1 file is not DICOM: notes.txt.'],
    });
    expect(text.split('\n')).toEqual([
      'yes  CT, "Thin", 512 x 512 x 300 of 0.684 x 0.684 x 1.25 mm, axial CT (read by default)',
      '     --series=1.2.3, patient A-7, in a/thin',
      'no   CT, 1 image, localizer',
      '     --series=1.9',
      '! 1 file is not DICOM: notes.txt.',
    ]);
  });

  test('asks for a choice where there is none by default', () => {
    const either = { ...ct, isDefault: false };
    const text = formatSeriesList({ series: [either, { ...either, seriesInstanceUid: '1.4' }], notes: [] });
    expect(text).toMatch(/None is the obvious one: pick one with --series=UID\.$/);
    expect(formatSeriesList({ series: [either], notes: [] })).not.toContain('obvious');
  });

  test('names the format of an image that is not DICOM', () => {
    const texts = { seriesInstanceUid: '', patientId: '', modality: '', description: '', folder: '' };
    const nifti: SeriesSummary = { ...ct, ...texts, format: 'nifti', remark: 'one image' };
    expect(formatSeriesList({ series: [nifti], notes: [] })).toBe(
      'yes  nifti, 512 x 512 x 300 of 0.684 x 0.684 x 1.25 mm, one image (read by default)',
    );
  });
});
