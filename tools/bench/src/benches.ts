import type { Bench } from './measurement.js';
import { benchReading } from './bench-reading.js';

/** All benches, by the name that `--only` takes. */
export const BENCHES: Readonly<Record<string, Bench>> = { read: benchReading };
