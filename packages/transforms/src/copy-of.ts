/** A copy of options, so that a transform goes on doing what it notes, whatever becomes of what it was given. */
export function copyOf<T>(options: T): T {
  if (Array.isArray(options)) return options.map(copyOf) as T;
  if (typeof options !== 'object' || options === null) return options;
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, copyOf(value)])) as T;
}
