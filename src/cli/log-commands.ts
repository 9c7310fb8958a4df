// `fairseat log export | tail | copy`: the events themselves, as CloudEvents, one JSON line each; copying is next door.
import { once } from 'node:events';
import { InvalidArgumentError, type Command } from 'commander';
import { ndjson } from '../api/answer/cloud-event.ts';
import { EVENT_TYPES, TYPES } from '../domain/event-types.ts';
import type { RecordedEvent } from '../domain/event.ts';
import { isUuid } from '../domain/uuid.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { withEngine, type Session } from '../profiles/command-line.ts';
import { knownName } from './known-names.ts';
import { addLogCopy } from './log-copy-command.ts';

const PAGE = 5_000;
const LOOK_MS = 1_000;

interface LogOptions {
  readonly after: number;
  readonly types?: string[];
  readonly streams?: string[];
}

export function addLogCommands(program: Command): void {
  const log = program.command('log').description('the event log, as CloudEvents, one JSON line each');
  const withFilters = (command: Command): Command =>
    command
      .option('--after <position>', 'begin after this position', position, 0)
      .option('--types <types>', 'only these event types, comma-separated', eventTypes)
      .option('--streams <streams>', 'only these streams (`show-<id>`), comma-separated', streamNames);
  withFilters(log.command('export').description('print every event there is, then end')).action(
    (options: LogOptions) => withEngine((session) => exportLog(session, options)),
  );
  withFilters(log.command('tail').description('print events as they are appended, until SIGINT')).action(
    (options: LogOptions, command: Command) =>
      withEngine((session) => tail(session, options, command.getOptionValueSource('after') === 'default'), {
        follows: true,
      }),
  );
  addLogCopy(log);
}

function position(written: string): number {
  const value = Number(written);
  if (!/^\d+$/.test(written) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('A position is a whole number, 0 or more.');
  return value;
}

/** What is named in vain would be answered with nothing, as if nothing had happened. */
const eventTypes = (written: string): string[] =>
  list('event type', written).map((type) => knownName('event type', type, EVENT_TYPES));

function streamNames(written: string): string[] {
  const aggregates = Object.keys(TYPES);
  const isStream = (stream: string): boolean =>
    aggregates.some((name) => stream.startsWith(`${name}-`) && isUuid(stream.slice(name.length + 1)));
  return list('stream', written).map((stream) => {
    if (isStream(stream)) return stream;
    const names = aggregates.map((name) => `${name}-<id>`).join(', ');
    throw new InvalidArgumentError(
      `${stream} names no stream; streams are named ${names.replace(/, (?=[^,]*$)/, ' and ')}.`,
    );
  });
}

function list(kind: string, written: string): string[] {
  const parts = written.split(',').map((part) => part.trim());
  const named = parts.filter(Boolean);
  if (named.length === 0) throw new InvalidArgumentError(`Name at least one ${kind}.`);
  return named;
}

async function exportLog({ engine }: Session, { after, types, streams }: LogOptions): Promise<void> {
  endWithReader();
  const end = await engine.log.lastPosition();
  for (let from = after; from < end;) {
    const events = await engine.log.readAll(from, PAGE, {
      ...(types && { types }),
      ...(streams && { streams }),
      fewerIfLong: true,
    });
    const due = events.filter((event) => event.position <= end);
    await print(due);
    if (events.length === 0) return;
    from = events.at(-1)!.position;
  }
}

/** Prints until SIGINT, or the engine has left whose log it is; rejects with what the log fails of. */
export async function tail(
  session: Session,
  { after, types, streams }: LogOptions,
  fromNow: boolean,
): Promise<void> {
  const { engine } = session;
  endWithReader();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const wanted = (event: RecordedEvent): boolean =>
    (types?.includes(event.type) ?? true) && (streams?.includes(event.stream) ?? true);
  const from = fromNow ? await engine.log.lastPosition() : after;
  const printed = engine.log
    .subscribeAll(from, (events) => print(events.filter(wanted)), { signal: stop.signal })
    .finally(() => stop.abort());
  // Both are listened to from the beginning: a log that fails may do so while it is asked who has left.
  const [left] = await Promise.all([
    hasLeftBefore(session, stop.signal).finally(() => stop.abort()),
    printed,
  ]);
  if (left)
    throw new StartRefused(
      'The engine whose Postgres was read has stopped. Go on with --after and the position of the last line.',
    );
}

/** The next start of an engine has its embedded Postgres at another address. */
async function hasLeftBefore({ engine, hasLeft }: Session, signal: AbortSignal): Promise<boolean> {
  for (; !signal.aborted; await engine.clock.sleep(LOOK_MS, signal)) if (await hasLeft()) return true;
  return false;
}

function endWithReader(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' && process.exit(0));
}

/** Waits for whoever reads slowly; a reader that went away ends the command. */
async function print(events: readonly RecordedEvent[]): Promise<void> {
  if (events.length > 0 && !process.stdout.write(ndjson(events))) await once(process.stdout, 'drain');
}
