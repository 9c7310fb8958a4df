// What a writer tells those whose command it could not carry out, or does not know whether it did.
import { Fault } from '../ports/fault.ts';

export const unavailable = (cause: unknown): Fault =>
  new Fault(
    'EventLogUnavailable',
    'The event log cannot be reached, or takes nothing for now; the command was not done. Try again.',
    { cause },
  );

export const outcomeUnknown = (cause?: unknown): Fault =>
  new Fault(
    'AppendUnknown',
    'It could not be found out whether the command was done. Send it again with the same Idempotency-Key.',
    { outcome: 'unknown', cause },
  );

export const shuttingDown = (): Fault =>
  new Fault('ShuttingDown', 'The process is stopping; the command was not done. Send it again.');

export const contended = (): Fault =>
  new Fault(
    'Overloaded',
    'The command could not be committed after several attempts and was not done. Try again.',
  );

export const tooManyWait = (retryAfterS: number): string =>
  `Too many commands are waiting. Try again in ${retryAfterS} s.`;
