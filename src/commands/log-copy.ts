// Carries a whole event log into another one, of whatever technology: moving house. What is there already is compared
// event by event, so an interrupted copy goes on where it was; at the end both logs are read again and digested.
import { createHash, type Hash } from 'node:crypto';
import type { RecordedEvent } from '../domain/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendResult, EventLog } from '../ports/event-log.ts';
import { Fault } from '../ports/fault.ts';

const PAGE_EVENTS = 1_000;
/** Of one append: events that follow each other in one stream. An append may have a megabyte on EventStoreDB by default. */
const RUN_EVENTS_MAX = 500;
const RUN_CHARACTERS_MAX = 300_000;
/** An append that fails is sent again, with growing pauses, for about a minute. */
const ATTEMPTS_MAX = 12;
const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 10_000;

export type CopyPhase = 'comparing' | 'copying' | 'verifying';

export interface LogCopy {
  readonly from: EventLog;
  readonly to: EventLog;
  readonly clock: Clock;
  /** `done` of `total` are positions of the log that is read. */
  readonly onProgress?: (phase: CopyPhase, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface CopiedLog {
  /** Events in both logs now, and how many of them this run has brought. */
  readonly events: number;
  readonly copied: number;
  /** SHA-256 over stream, revision, id, type, data and metadata of every event, in order: the same of both logs. */
  readonly digest: string;
}

/** Why the logs cannot be made equal: the message says at which event. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}

/**
 * Copies what the source holds now; what is written to it meanwhile comes with the next run. Order over all streams,
 * revisions, ids, types, data and metadata (with the time of each event) stay; positions are those of the new log.
 * Throws CopyRefused when the target holds anything else, Faults when a log cannot be reached, and what `signal` aborts with.
 */
export async function copyLog(copy: LogCopy): Promise<CopiedLog> {
  const end = await copy.from.lastPosition();
  const there = await compare(copy, end);
  const copied = await append(copy, there.position, end);
  const events = there.events + copied;
  const [source, target] = [await digestOf(copy, copy.from, events), await digestOf(copy, copy.to, events)];
  if (source !== target)
    throw new CopyRefused(`The logs differ: the source has the digest ${source}, the target ${target}.`);
  return { events, copied, digest: source };
}

/** How far the target holds the same as the source, by the source's positions. */
async function compare(copy: LogCopy, end: number): Promise<{ events: number; position: number }> {
  let events = 0;
  let position = 0;
  const source = eventsOf(copy, copy.from, 'comparing', { end });
  for await (const held of eventsOf(copy, copy.to, 'comparing')) {
    const { value: original } = await source.next();
    if (original === undefined)
      throw new CopyRefused(`The target holds an event that the source does not: ${named(held)}.`);
    if (canonical(held) !== canonical(original))
      throw new CopyRefused(
        `The target is no beginning of the source: event ${events + 1} is ${named(held)} there and ${named(original)} in the source.`,
      );
    events += 1;
    position = original.position;
  }
  return { events, position };
}

/** One append after another: only so does the order over all streams stay. */
async function append(copy: LogCopy, after: number, end: number): Promise<number> {
  let copied = 0;
  for await (const run of runsOf(eventsOf(copy, copy.from, 'copying', { after, end }))) {
    await appendRun(copy, run);
    copied += run.length;
  }
  return copied;
}

async function appendRun({ to, clock, signal }: LogCopy, run: readonly RecordedEvent[]): Promise<void> {
  const { stream, revision } = run[0]!;
  const events = run.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  let answer: AppendResult | undefined;
  for (let attempt = 1; answer === undefined; attempt += 1) {
    signal?.throwIfAborted();
    try {
      answer = await to.append(stream, revision - 1, events);
    } catch (error) {
      // With the same ids at the same revision it is taken once, whatever became of it before.
      if (!(error instanceof Fault) || attempt === ATTEMPTS_MAX) throw error;
      await clock.sleep(Math.min(PAUSE_MIN_MS * 2 ** (attempt - 1), PAUSE_MAX_MS), signal);
    }
  }
  if (answer.kind === 'conflict')
    throw new CopyRefused(
      `The target was written to meanwhile: ${stream} is at revision ${answer.revision} there.`,
    );
}

async function digestOf(copy: LogCopy, log: EventLog, count: number): Promise<string> {
  const digest: Hash = createHash('sha256');
  let left = count;
  if (left === 0) return digest.digest('hex');
  for await (const event of eventsOf(copy, log, 'verifying')) {
    digest.update(`${canonical(event)}\n`);
    left -= 1;
    if (left === 0) break;
  }
  return digest.digest('hex');
}

async function* eventsOf(
  { onProgress, signal }: LogCopy,
  log: EventLog,
  phase: CopyPhase,
  { after = 0, end }: { after?: number; end?: number } = {},
): AsyncGenerator<RecordedEvent> {
  const total = end ?? (await log.lastPosition());
  for (let position = after; position < total;) {
    signal?.throwIfAborted();
    const page = await log.readAll(position, PAGE_EVENTS, { fewerIfLong: true });
    for (const event of page) {
      if (event.position > total) return;
      yield event;
    }
    if (page.length === 0) return;
    position = page.at(-1)!.position;
    onProgress?.(phase, Math.min(position, total), total);
  }
}

async function* runsOf(events: AsyncIterable<RecordedEvent>): AsyncGenerator<RecordedEvent[]> {
  let run: RecordedEvent[] = [];
  let characters = 0;
  for await (const event of events) {
    const size = JSON.stringify(event).length;
    const fits =
      event.stream === run[0]?.stream &&
      run.length < RUN_EVENTS_MAX &&
      characters + size <= RUN_CHARACTERS_MAX;
    if (!fits && run.length > 0) {
      yield run;
      run = [];
      characters = 0;
    }
    run.push(event);
    characters += size;
  }
  if (run.length > 0) yield run;
}

const named = ({ type, id, stream, revision }: RecordedEvent): string =>
  `${type} ${id} (${stream}, ${revision})`;

/** Everything but the position, which is each log's own. Postgres keeps the fields of an object in an order of its own. */
const canonical = ({ stream, revision, id, type, data, metadata }: RecordedEvent): string =>
  JSON.stringify([stream, revision, id, type, data, metadata], (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
