import assert from 'node:assert/strict';
import test from 'node:test';
import { parseArgs } from './args.mjs';

test('no argument leaves the variant open', () => {
  const options = parseArgs([]);
  assert.equal(options.variant, undefined);
  assert.deepEqual(
    [options.verify, options.force, options.strict, options.help],
    [false, false, false, false],
  );
});

test('takes flags as typed and as Nx forwards them', () => {
  assert.equal(parseArgs(['--gpu']).variant, 'gpu');
  assert.equal(parseArgs(['--gpu=true', '--strict=true']).strict, true);
  assert.equal(parseArgs(['--gpu=false']).variant, undefined);
  assert.equal(parseArgs(['-h']).help, true);
});

test('refuses what it does not know, and two variants', () => {
  assert.throws(() => parseArgs(['--cuda']), /expected one of --cpu, .*Received: --cuda/);
  assert.throws(() => parseArgs(['gpu']), /Received: gpu/);
  assert.throws(() => parseArgs(['--cpu', '--gpu']), /Received: --cpu --gpu/);
});
