/** What came of one case. */
export interface MalformedOutcome {
  readonly index: number;
  readonly name: string;
  readonly format: string;
  /** The error's kind, `read` where it is read, or `wrong` where it breaks the rules. */
  readonly outcome: 'read error' | 'unsupported' | 'invalid argument' | 'read' | 'wrong';
  /** The error's text, how what was read differs, or which rule is broken. */
  readonly detail: string;
  readonly milliseconds: number;
  readonly peakBytes: number;
}
