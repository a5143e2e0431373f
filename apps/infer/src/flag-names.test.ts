import { expect, test } from '@jest/globals';
import { inFlags } from './flag-names.js';

test('inFlags calls options of the API as the command line does', () => {
  expect(inFlags('Convert it, or say by the option assumeHu that these are HU.')).toBe(
    'Convert it, or say by --assume-hu that these are HU.',
  );
  expect(inFlags('Pick one by its UID, in the option series:')).toBe('Pick one by its UID, in --series:');
  expect(inFlags('interpolate by the option allowGaps, or by the option other')).toBe(
    'interpolate by --allow-gaps, or by the option other',
  );
});
