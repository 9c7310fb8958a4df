// Faults: what went wrong outside the domain, as a catalogue. Adapters turn a library's errors into these at the border.

export type FaultCode =
  | 'Overloaded'
  | 'EventLogUnavailable'
  | 'EventFeedUnavailable'
  | 'AppendUnknown'
  | 'DatabaseUnavailable'
  | 'SearchUnavailable'
  | 'SearchForeign'
  | 'DeadlineExceeded'
  | 'ShuttingDown';

/** `outcome` says what is known of a write: `none` = surely not written, `unknown` = perhaps. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly outcome: 'none' | 'unknown';
  /** Seconds after which trying again may help. */
  readonly retryAfterS: number;

  constructor(
    code: FaultCode,
    message: string,
    options: { outcome?: 'none' | 'unknown'; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.outcome = options.outcome ?? 'none';
    this.retryAfterS = options.retryAfterS ?? 1;
  }
}
