// `fairseat show inspect ID`: one show as it stands or stood: state, live holds, the line, its last events.
import type { Command } from 'commander';
import { moment } from '../api/schemas/queries.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { ShowState } from '../domain/show/show.ts';
import { entryView, holdView, showView } from '../domain/show/views.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { printJson, printLine, printTable, type OutputOptions } from './output.ts';
import { withEngine, type Session } from '../profiles/command-line.ts';

const LAST_EVENTS = 10;

interface InspectOptions extends OutputOptions {
  readonly at?: string;
}

export function addShowCommand(program: Command): void {
  program
    .command('show')
    .description('a show, looked at closely')
    .command('inspect')
    .description('state, live holds, waitlist and last events of a show, now or at an earlier moment')
    .argument('<id>', 'id of the show')
    .option('--at <revision-or-time>', 'as it was at a revision, or at a time (RFC 3339)')
    .option('--json', 'print as JSON')
    .action((id: string, options: InspectOptions) =>
      withEngine((session) => inspect(session, id.toLowerCase(), options)),
    );
}

async function inspect(session: Session, id: string, { at, json }: InspectOptions): Promise<void> {
  const until = momentOf(at);
  const { state, last } = await stateAt(session, id, until);
  if (!state.exists)
    throw new StartRefused(
      at === undefined ? `There is no show ${id}.` : `There was no show ${id} at ${at}.`,
    );
  const nowMs = until.timeMs ?? (at === undefined ? session.engine.clock.now() : state.lastAt);
  const holds = [...state.holds.keys()].map((hold) => holdView(state, hold, nowMs)!);
  const found = {
    id,
    revision: state.revision,
    at: new Date(nowMs).toISOString(),
    show: showView(state, nowMs),
    liveHolds: holds.filter(({ status }) => status === 'live'),
    // Over by the clock; no event has said so yet, and the counts go by events.
    lapsesNotRecorded: holds.filter(
      ({ id: hold, status }) => status === 'expired' && state.holds.get(hold)!.status === 'live',
    ),
    waitlist: [...state.lines.values()].flatMap((line) =>
      [...line.inOrder()].map((entry) => entryView(state, entry, nowMs)!),
    ),
    lastEvents: last.map(({ revision, type, metadata, data }) => ({
      revision,
      type,
      at: metadata.at,
      actor: metadata.actor,
      data,
    })),
  };
  if (json) printJson(found);
  else printFound(found);
}

interface Until {
  readonly revision?: number;
  readonly timeMs?: number;
}

/** As `asOf` of the map has it. */
function momentOf(at: string | undefined): Until {
  if (at === undefined) return {};
  const parsed = moment.safeParse(at);
  if (!parsed.success)
    throw new StartRefused(`--at "${at}" is neither a revision nor a time such as 2027-05-01T19:00:00Z.`);
  return parsed.data;
}

/** Folded from the events up to that moment. */
async function stateAt(
  { engine }: Session,
  id: string,
  { revision = Infinity, timeMs = Infinity }: Until,
): Promise<{ state: ShowState; last: RecordedEvent[] }> {
  const state = engine.shows.initialState();
  let last: RecordedEvent[] = [];
  for await (const page of engine.log.readStream(`show-${id}`, 0)) {
    for (const event of page) {
      if (event.revision > revision || Date.parse(event.metadata.at) > timeMs) return { state, last };
      const plan = engine.shows.needsPlan?.(event) ?? null;
      if (plan !== null) await engine.plans.load(plan);
      engine.shows.evolve(state, event);
      last = [...last.slice(1 - LAST_EVENTS), event];
    }
  }
  return { state, last };
}

type Found = Record<'lastEvents' | 'liveHolds' | 'lapsesNotRecorded' | 'waitlist', readonly object[]> & {
  id: string;
  revision: number;
  at: string;
  show: ReturnType<typeof showView>;
};

function printFound({ id, revision, at, show, lastEvents, ...rows }: Found): void {
  printLine(
    `Show ${id}, revision ${revision}, at ${at}: ${show.status}, starts ${show.startsAt} (${show.timeZone})`,
  );
  const counts = show.categories.map((c) => [
    c.id,
    c.capacity,
    c.free,
    c.held,
    c.booked,
    c.blocked,
    c.waiting,
  ]);
  printTable(['category', 'capacity', 'free', 'held', 'booked', 'blocked', 'waiting'], counts);
  printRows('Live holds', rows.liveHolds);
  if (rows.lapsesNotRecorded.length > 0)
    printRows('Lapsed, counted as held until that is recorded', rows.lapsesNotRecorded);
  printRows('Waiting, in order', rows.waitlist);
  printRows('Last events', lastEvents);
}

function printRows(title: string, rows: readonly object[]): void {
  printLine(`${title}: ${rows.length === 0 ? 'none' : ''}`);
  for (const row of rows) printLine(`  ${JSON.stringify(row)}`);
}
