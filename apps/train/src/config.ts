import { configSchema, type TrainConfig } from './config-schema.js';
import { readConfig } from './read-config.js';

export { type TrainConfig } from './config-schema.js';

/**
 * Reads and validates the config of a training run, with overrides.
 *
 * @param path a JSON file
 * @param overrides `a.b=value` each; a value that is JSON is taken as such, any other as text
 * @throws ReadError when the file is missing or not JSON
 * @throws InvalidArgumentError when a key is unknown or a value doesn't fit; the text names the path, and the nearest
 *   right key
 */
export function loadConfig(path: string, overrides: readonly string[] = []): TrainConfig {
  return readConfig(configSchema, path, overrides);
}
