import { InvalidArgumentError, type Rng } from '@lungseg/core';

/** A fixed amount, or the range to draw it from. */
export type Amount = number | readonly [number, number];

/** Refuses amounts that are negative, not finite, or a range upside down. */
export function assertAmount(name: string, amount: Amount): void {
  const [low, high] = endsOf(amount);
  if (!(low >= 0 && high >= low && Number.isFinite(high))) {
    throw new InvalidArgumentError(
      `${name} must be a number, or two, the smaller first, not negative. Received: ${String(amount)}.`,
    );
  }
}

/** Refuses amounts that are not over a bound, not finite, a range upside down, or over the most that there can be. */
export function assertAmountOver(name: string, amount: Amount, bound: number, most = Infinity): void {
  const [low, high] = endsOf(amount);
  if (!(low > bound && high >= low && Number.isFinite(high))) {
    throw new InvalidArgumentError(
      `${name} must be a number over ${bound}, or two, the smaller first. Received: ${String(amount)}.`,
    );
  }
  if (high > most) {
    throw new InvalidArgumentError(`${name} must not be over ${most}. Received: ${String(amount)}.`);
  }
}

/** The amount, or one drawn from its range. */
export function drawAmount(rng: Rng, amount: Amount): number {
  return typeof amount === 'number' ? amount : rng.uniform(amount[0], amount[1]);
}

/** The least and the greatest. */
export function endsOf(amount: Amount): readonly [number, number] {
  return typeof amount === 'number' ? [amount, amount] : amount;
}
