import type { z } from 'zod';

/** How much of a received value is quoted. */
const MAXIMUM_LENGTH = 60;

/** What a value must be and what it is, as `expected 1 or more. Received: 0.` */
export function describeExpectation(issue: z.core.$ZodIssue, received: unknown): string {
  const expected = expectedOf(issue);
  const text = expected === undefined ? issue.message : `expected ${expected}`;
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  return `${sentence} ${received === undefined ? 'There is none.' : `Received: ${quoted(received)}.`}`;
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAXIMUM_LENGTH ? `${text.slice(0, MAXIMUM_LENGTH)}…` : text;
}

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list in brackets',
  tuple: 'a list in brackets',
  object: 'an object in braces',
  record: 'an object in braces',
};

/** Undefined for what a schema says in words of its own. */
function expectedOf(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected];
    case 'invalid_value':
      return `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return limitOf(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.origin);
    case 'too_big':
      return limitOf(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.origin);
    default:
      return undefined;
  }
}

const UNITS: Readonly<Record<string, string>> = { string: ' character', array: ' value' };

function limitOf(words: string, limit: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  return `${words} ${limit}${unit === undefined ? '' : `${unit}${Number(limit) === 1 ? '' : 's'}`}`;
}
