import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { describeExpectation } from './expectation.js';

const schema = z.strictObject({
  count: z.number().int().min(1).max(8),
  rate: z.number().positive(),
  below: z.number().lt(1),
  kind: z.enum(['a', 'b']),
  channels: z.literal(1),
  name: z.string().min(1),
  on: z.boolean(),
  size: z.tuple([z.number(), z.number()]),
  inner: z.strictObject({}),
  odd: z.number().refine((n) => n % 2 === 1, { error: 'an odd number is needed' }),
});
const right = {
  count: 1,
  rate: 1,
  below: 0,
  kind: 'a',
  channels: 1,
  name: 'x',
  on: true,
  size: [1, 2],
  inner: {},
  odd: 1,
};

describe('describeExpectation', () => {
  test.each<[keyof typeof right, unknown, string]>([
    ['count', 'abc', 'expected a number. Received: "abc".'],
    ['count', 1.5, 'expected a whole number. Received: 1.5.'],
    ['count', 0, 'expected at least 1. Received: 0.'],
    ['count', 9, 'expected at most 8. Received: 9.'],
    ['count', undefined, 'expected a number. There is none.'],
    ['rate', 0, 'expected more than 0. Received: 0.'],
    ['below', 1, 'expected less than 1. Received: 1.'],
    ['kind', 'c', 'expected one of "a", "b". Received: "c".'],
    ['channels', 2, 'expected 1. Received: 2.'],
    ['name', '', 'expected at least 1 character. Received: "".'],
    ['on', 'yes', 'expected true or false. Received: "yes".'],
    ['size', 3, 'expected a list in brackets. Received: 3.'],
    ['size', [1], 'expected at least 2 values. Received: [1].'],
    ['inner', null, 'expected an object in braces. Received: null.'],
    ['odd', 2, 'an odd number is needed. Received: 2.'],
    ['count', 'x'.repeat(100), `expected a number. Received: "${'x'.repeat(59)}….`],
  ])('%s of %j', (key, value, text) => {
    const { error } = schema.safeParse({ ...right, [key]: value });
    expect(describeExpectation(error!.issues[0]!, value)).toBe(text);
  });
});
