import type { Rng } from '@lungseg/core';
import type { PhantomDevices } from './phantom-params.js';

/** Draws tubes, lines and implants; most patients have none. Those of intensive care come together. */
export function sampleDevices(rng: Rng): PhantomDevices {
  const intensive = rng.bernoulli(0.12);
  const side = (probability: number): number => (rng.bernoulli(probability) ? rng.choice([1, 2]) : 0);
  return {
    trachealTube: intensive && rng.bernoulli(0.8),
    gastricTube: rng.bernoulli(intensive ? 0.8 : 0.03),
    centralLine: rng.bernoulli(intensive ? 0.8 : 0.08),
    drain: side(intensive ? 0.3 : 0.02),
    pacemaker: side(0.06),
    spinalRods: rng.bernoulli(0.03),
    shoulderJoint: side(0.03),
    sternalWires: rng.bernoulli(0.06),
  };
}
