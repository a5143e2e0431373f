import { describe, expect, test } from '@jest/globals';
import {
  InvalidArgumentError,
  isLungsegError,
  LungsegError,
  ReadError,
  ShapeError,
  UnsupportedError,
  WriteError,
} from './errors.js';

describe.each([
  ['ShapeError', 'shape', new ShapeError('m', { cause: 1 })],
  ['InvalidArgumentError', 'invalid-argument', new InvalidArgumentError('m', { cause: 1 })],
  ['ReadError', 'read', new ReadError('a.nii', 'm', { cause: 1 })],
  ['WriteError', 'write', new WriteError('a.nii', 'm', { cause: 1 })],
  ['UnsupportedError', 'unsupported', new UnsupportedError('m', { cause: 1 })],
] as const)('%s', (name, kind, error) => {
  test('is an Error of lungseg with its name, kind, message and cause', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(LungsegError);
    expect(error).toMatchObject({ name, kind, message: 'm', cause: 1 });
    expect(String(error)).toBe(`${name}: m`);
    expect(isLungsegError(error)).toBe(true);
  });
});

test('a ReadError knows its file', () => {
  expect(new ReadError('scans/a.nii.gz', 'm').path).toBe('scans/a.nii.gz');
});

describe('isLungsegError', () => {
  test('knows the error of a second copy of the package by its kind', () => {
    expect(isLungsegError(Object.assign(new Error('m'), { kind: 'shape' }))).toBe(true);
  });

  test.each([
    ['a plain error', new Error('m')],
    ['an error of another kind', Object.assign(new Error('m'), { kind: 'network' })],
    ['an object that is no error', { kind: 'shape', message: 'm' }],
    ['a number, as itk-wasm throws it', 139],
    ['nothing', undefined],
    ['null', null],
  ])('does not take %s for one', (_, value) => {
    expect(isLungsegError(value)).toBe(false);
  });
});
