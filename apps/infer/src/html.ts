const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup as a tagged template writes it: its values are escaped, unless they are markup themselves. */
export class Html {
  constructor(readonly text: string) {}
}

/** What {@link html} takes. */
export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[];

/** A tagged template for markup: what is put in is escaped; lists are joined; false and undefined leave nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((part, n) => part + (n < values.length ? markup(values[n]) : '')).join(''));
}

function markup(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(markup).join('');
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
