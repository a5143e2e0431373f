import { Help, type Command } from 'commander';

/**
 * Has help leave out defaults that say nothing: off, and an empty list. Apps import no apps: infer and train each have this
 * file.
 */
export function withPlainDefaults(command: Command): Command {
  return command.configureHelp({
    optionDescription(option) {
      const { defaultValue } = option as { readonly defaultValue?: unknown };
      const isEmpty = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
      const shown = isEmpty
        ? (Object.create(option, { defaultValue: { value: undefined } }) as typeof option)
        : option;
      return Help.prototype.optionDescription.call(this, shown);
    },
  });
}
