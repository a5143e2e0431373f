import { describe, expect, test } from '@jest/globals';
import { isLungsegError } from '@lungseg/core';
import { parseDatalist } from './datalist.js';

const messageOf = (text: string): string => {
  try {
    parseDatalist(text, 'list.json');
  } catch (error) {
    expect(isLungsegError(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe('parseDatalist', () => {
  test('reads the Decathlon form, with images alone as in its test list', () => {
    const text = JSON.stringify({
      name: 'Lungs',
      modality: { 0: 'CT' },
      numTraining: 1,
      training: [{ image: './imagesTr/a.nii.gz', label: './labelsTr/a.nii.gz', patient: 'p1', extra: 3 }],
      validation: [{ image: 'b.nii.gz' }],
      test: ['./imagesTs/c.nii.gz'],
    });
    expect(parseDatalist(text, 'list.json', (path) => `/set/${path.replace('./', '')}`)).toEqual({
      training: [{ image: '/set/imagesTr/a.nii.gz', label: '/set/labelsTr/a.nii.gz', patient: 'p1' }],
      validation: [{ image: '/set/b.nii.gz' }],
      test: [{ image: '/set/imagesTs/c.nii.gz' }],
    });
  });

  test.each([
    [
      '{"training": [{"image": "a"}, {"image": "b", "label": 7}]}',
      'training[1].label: expected string, received 7.',
    ],
    ['{"training": [{"label": "a"}]}', 'training[0].image: expected string, received nothing.'],
    ['{"validation": [3]}', 'validation[0]: expected {"image", "label"} or a path, received 3.'],
    ['{"training": [{"image": ""}]}', 'training[0].image: expected a path that is not empty, received "".'],
    ['{"training": {"image": "a"}}', 'training: expected array, received {"image":"a"}.'],
    ['[]', 'the top: expected object, received [].'],
    ['{"train": []}', 'must have a list named training, validation or test. Received: train.'],
    ['{"training": [', 'must be a datalist in JSON.'],
  ])('says where the JSON is wrong: %s', (text, expected) => {
    expect(messageOf(text)).toContain(expected);
  });
});
