import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import {
  fromErrorParts,
  InvalidArgumentError,
  prefixError,
  ReadError,
  ShapeError,
  toErrorParts,
  UnsupportedError,
  WriteError,
} from './index.js';

const ours = [
  new ShapeError('m'),
  new InvalidArgumentError('m'),
  new ReadError('a.nii', 'm'),
  new WriteError('b.nii', 'm'),
  new UnsupportedError('m'),
];

describe('an error in parts', () => {
  test.each(ours)('is of its class again after structured clone: $name', (error) => {
    const again = fromErrorParts(structuredClone(toErrorParts(error)));
    expect(again).toBeInstanceOf(error.constructor);
    expect(Object.entries(again)).toEqual(Object.entries(error));
    expect([again.name, again.message, again.stack]).toEqual([error.name, error.message, error.stack]);
  });

  test('is a plain error where it was, with the code of a system call', () => {
    const missing = Object.assign(new TypeError('none there'), { code: 'ENOENT' });
    const again = fromErrorParts(toErrorParts(missing), { cause: 1 });
    expect(again).toMatchObject({ name: 'Error', message: 'none there', code: 'ENOENT', cause: 1 });
    expect(fromErrorParts({ message: 'm', kind: 'constructor' }).constructor).toBe(Error);
  });

  test.each([
    ['an error of another realm', runInNewContext('new Error("far away")') as unknown, 'far away'],
    ['a number, as itk-wasm throws it', 139, '139'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
  ])('has the text of %s', (_name, thrown, message) => {
    expect(toErrorParts(thrown).message).toBe(message);
  });
});

describe('prefixError', () => {
  test.each(ours)('begins the text, and keeps class, fields and cause: $name', (error) => {
    const prefixed = prefixError('case-7', error);
    expect(prefixed).toBeInstanceOf(error.constructor);
    expect(Object.entries(prefixed)).toEqual(Object.entries(error));
    expect(prefixed).toMatchObject({ message: 'case-7: m', cause: error });
    expect(prefixed.stack).toContain('case-7: m');
  });

  test('takes anything that was thrown', () => {
    expect(prefixError('crop', 139)).toMatchObject({ name: 'Error', message: 'crop: 139', cause: 139 });
  });
});
