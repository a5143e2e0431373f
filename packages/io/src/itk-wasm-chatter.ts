/** What itk-wasm prints, of its own accord, when a pipeline throws. */
const CHATTER = /^(Exception while running pipeline:|stdout:|stderr:|exception:|Build module in Debug mode)/;

/**
 * Runs something of itk-wasm without the lines it prints on a failure: what failed is in the error that it throws.
 * All else that is printed meanwhile passes.
 */
export async function withoutItkWasmChatter<T>(run: () => Promise<T>): Promise<T> {
  const printer = globalThis.console;
  const { log, error } = printer;
  const filtered =
    (print: (...values: unknown[]) => void) =>
    (...values: unknown[]): void => {
      if (!CHATTER.test(String(values[0]))) print.apply(printer, values);
    };
  printer.log = filtered(log);
  printer.error = filtered(error);
  try {
    return await run();
  } finally {
    printer.log = log;
    printer.error = error;
  }
}
