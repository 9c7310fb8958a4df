// An append whose outcome is known. An append can fail in a way that says nothing about whether the events were
// written; nobody may be answered before that is found out, and nothing is ever guessed.
import type { NewEvent } from '../domain/event.ts';
import type { SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { Fault } from '../ports/fault.ts';
import type { CommandMetrics } from '../ports/metrics.ts';
import type { PipelineLimits } from './limits.ts';

export type Settled =
  | { readonly kind: 'committed'; readonly position: number }
  | { readonly kind: 'conflict' }
  /** Not written: the log cannot keep one of the events, or has a bug. Trying the same again is no use. */
  | { readonly kind: 'broken'; readonly cause: unknown }
  /** `unknown`: it could not be found out whether the events are in the log. */
  | { readonly kind: 'failed'; readonly unknown: boolean; readonly cause: unknown };

const FIRST_PAUSE_MS = 100;

interface Parts {
  readonly log: EventLog;
  readonly clock: SteadyClock;
  readonly metrics: CommandMetrics;
  readonly limits: Pick<PipelineLimits, 'settleAttemptsMax' | 'settleWithinMs'>;
}

/** Appends (or, without events, checks the revision) until it is known what became of it, or attempts run out. */
export async function settleAppend(
  parts: Parts,
  stream: string,
  expectedRevision: number,
  events: readonly NewEvent[],
): Promise<Settled> {
  try {
    return settledBy(await parts.log.append(stream, expectedRevision, events));
  } catch (cause) {
    // A check writes nothing, whatever became of it.
    if (events.length === 0 || surelyNotWritten(cause)) return { kind: 'failed', unknown: false, cause };
    const settled = await findOut(parts, stream, expectedRevision, events, cause);
    if (cause instanceof Fault) parts.metrics.unknownOutcome(settled.kind !== 'failed');
    return settled;
  }
}

const settledBy = (result: Awaited<ReturnType<EventLog['append']>>): Settled =>
  result.kind === 'appended' ? { kind: 'committed', position: result.position } : { kind: 'conflict' };

const surelyNotWritten = (error: unknown): boolean => error instanceof Fault && error.outcome === 'none';

/**
 * Reads back. Our events there: committed. Others' events in their place: a conflict. Nothing there: the first append may
 * still be under way, so the same events are appended again; the log takes them once, whichever attempt comes first.
 */
async function findOut(
  parts: Parts,
  stream: string,
  expectedRevision: number,
  events: readonly NewEvent[],
  cause: unknown,
): Promise<Settled> {
  const { settleAttemptsMax, settleWithinMs } = parts.limits;
  const untilMs = parts.clock.steady() + settleWithinMs;
  for (let attempt = 0; attempt < settleAttemptsMax && parts.clock.steady() < untilMs; attempt += 1) {
    if (attempt > 0) await parts.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    try {
      const found = await readBack(parts.log, stream, expectedRevision, events);
      if (found !== null) return found;
      // Adapters tell their troubles as Faults; anything else is a mistake that would only be made again.
      if (!(cause instanceof Fault)) return { kind: 'broken', cause };
      const again = await appendAgain(parts.log, stream, expectedRevision, events);
      if (again !== null) return again;
    } catch (error) {
      // The log cannot be reached; the next attempt may. A stream that is not as it must be stays so.
      if (!(error instanceof Fault)) throw error;
    }
  }
  return { kind: 'failed', unknown: true, cause };
}

/** null: not known either. What the log refuses to keep now it has refused before. */
async function appendAgain(
  log: EventLog,
  stream: string,
  expectedRevision: number,
  events: readonly NewEvent[],
): Promise<Settled | null> {
  try {
    return settledBy(await log.append(stream, expectedRevision, events));
  } catch (cause) {
    return cause instanceof Fault ? null : { kind: 'broken', cause };
  }
}

/** What stands where our events would be; null while nothing does. */
async function readBack(
  log: EventLog,
  stream: string,
  expectedRevision: number,
  events: readonly NewEvent[],
): Promise<Settled | null> {
  let ours = 0;
  for await (const page of log.readStream(stream, expectedRevision + 1, events.length)) {
    for (const event of page) {
      if (ours === 0 && event.id !== events[0]!.id) return { kind: 'conflict' };
      if (event.id !== events[ours]!.id) {
        throw new Error(
          `Stream ${stream} holds a part of an append: at revision ${event.revision} there is another event.`,
        );
      }
      ours += 1;
      if (ours === events.length) return { kind: 'committed', position: event.position };
    }
  }
  if (ours === 0) return null;
  throw new Error(`Stream ${stream} holds a part of an append: ${ours} of ${events.length} events.`);
}
