/** What an error does: ends the stream with it, or is reported, and its value is left out. */
export type OnError<T> = 'stop' | ((error: unknown, value: T) => void);

/**
 * Reports an error.
 *
 * @returns the error that ends the stream, where one does: this one, or what the report threw
 */
export function reportError<T>(
  onError: OnError<T>,
  error: unknown,
  value: T,
): { readonly error: unknown } | undefined {
  if (onError === 'stop') return { error };
  try {
    onError(error, value);
    return undefined;
  } catch (thrown) {
    return { error: thrown };
  }
}
