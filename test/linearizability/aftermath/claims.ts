// What must hold between a recording and the log it has left: nothing acknowledged is missing, what was refused left
// nothing, what stayed unknown was done once or not at all; and the log in itself is in order.
import { OUTAGE, type Attempt, type History } from '../history.ts';
import { isLapse, type Logged } from './log.ts';
import { ShowBooks } from './show-books.ts';

export interface Books {
  readonly complaints: readonly string[];
  readonly ofShow: ReadonlyMap<string, ShowBooks>;
  /** Free, held and booked at each revision of each show. */
  readonly revisions: number;
}

/** Keeps the books of every show of the history, balanced at each revision. */
export function keepBooks(history: History, log: readonly Logged[]): Books {
  const complaints = orderOf(log);
  const ofShow = new Map(history.shows.map((show) => [`show-${show.id}`, new ShowBooks(show)]));
  let revisions = 0;
  for (const event of log) {
    const books = ofShow.get(event.stream);
    if (books === undefined) continue;
    books.enter(event);
    books.balance();
    revisions += 1;
  }
  for (const books of ofShow.values()) complaints.push(...books.complaints);
  return { complaints, ofShow, revisions };
}

/** Positions without a gap from 1 on, revisions without a gap in each stream, each event once. */
function orderOf(log: readonly Logged[]): string[] {
  const complaints: string[] = [];
  const next = new Map<string, number>();
  const ids = new Set<string>();
  for (const [index, { position, stream, revision, id }] of log.entries()) {
    const expected = next.get(stream) ?? 0;
    if (position !== index + 1) complaints.push(`position ${position} where ${index + 1} should be`);
    if (revision !== expected) complaints.push(`${stream}: revision ${revision} where ${expected} should be`);
    if (ids.has(id)) complaints.push(`event ${id} is there twice`);
    next.set(stream, revision + 1);
    ids.add(id);
  }
  return complaints;
}

export interface Verdicts {
  readonly complaints: readonly string[];
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: { readonly done: number; readonly notDone: number };
}

/** Compares every answer with the log, attempt by attempt: each one's request id is the correlation id of its events. */
export function compareWithLog({ attempts }: History, log: readonly Logged[]): Verdicts {
  const byRequest = Map.groupBy(
    log.filter((event) => !isLapse(event)),
    ({ correlationId }) => correlationId,
  );
  const complaints: string[] = [];
  const counted = { acknowledged: 0, refused: 0, done: 0, notDone: 0 };
  const wrote = (attempt: Attempt): Logged[] => byRequest.get(attempt.requestId) ?? [];
  for (const wish of Map.groupBy(attempts.filter(isCommand), ({ wish }) => wish).values()) {
    const effective = wish.filter((attempt) => wrote(attempt).length > 0);
    for (const attempt of wish) {
      const wrong = judge(attempt, wrote(attempt), effective, counted);
      if (wrong !== null) complaints.push(`${wrong}: ${JSON.stringify(attempt)}`);
    }
    if (
      effective.length > 1 &&
      effective[0]!.asked.does !== 'leave' &&
      effective[0]!.asked.does !== 'release'
    )
      complaints.push(`done ${effective.length} times: ${JSON.stringify(effective)}`);
  }
  const { acknowledged, refused, done, notDone } = counted;
  return { complaints, acknowledged, refused, unknown: { done, notDone } };
}

/** It begins with the status of an answer that came. */
const FAILED = /^\d{3}/;

/** Whatever goes wrong outside, an answer is a verdict or a 503 with `Retry-After`: anything else is a bug of the engine. */
export const failures = ({ attempts }: Pick<History, 'attempts'>): string[] =>
  attempts.flatMap((attempt) =>
    attempt.answer.kind === 'unknown' && FAILED.test(attempt.answer.why) && attempt.answer.why !== OUTAGE
      ? [`answered ${attempt.answer.why}: ${JSON.stringify(attempt)}`]
      : [],
  );

const isCommand = ({ asked }: Attempt): boolean => !asked.does.startsWith('read-');

interface Counted {
  acknowledged: number;
  refused: number;
  done: number;
  notDone: number;
}

function judge(
  attempt: Attempt,
  events: readonly Logged[],
  effective: readonly Attempt[],
  counted: Counted,
): string | null {
  const { answer, asked } = attempt;
  if (events.length > 0 && !isOneRun(events)) return 'its events do not stand together';
  if (answer.kind === 'unknown') {
    if (events.length > 0) counted.done += 1;
    else counted.notDone += 1;
    return events.length > 0 ? fits(attempt, events) : null;
  }
  if (answer.kind === 'refused') {
    counted.refused += 1;
    return events.length > 0 ? 'refused, and done all the same' : null;
  }
  counted.acknowledged += 1;
  // A DELETE of what is over already leaves nothing.
  const mayLeaveNothing = asked.does === 'release' || asked.does === 'leave';
  if (answer.replayed) return effective.length === 0 ? 'said to be done before, and never done' : null;
  if (events.length === 0) return mayLeaveNothing ? null : 'acknowledged, and not in the log';
  const last = events.at(-1)!;
  if (last.revision !== answer.revision) return `acknowledged at another revision than ${last.revision}`;
  if (answer.position! < last.position) return `acknowledged at a position before ${last.position}`;
  return fits(attempt, events);
}

/** All of a command's events come from one append: nothing of others is between them. */
const isOneRun = (events: readonly Logged[]): boolean =>
  events.every(
    ({ stream, revision, position, commandId }, i) =>
      stream === events[0]!.stream &&
      commandId === events[0]!.commandId &&
      revision === events[0]!.revision + i &&
      position === events[0]!.position + i,
  );

/** A hold is all that was asked for. */
function fits({ asked, answer }: Attempt, events: readonly Logged[]): string | null {
  const held = events.find(({ type }) => type === 'SeatsHeld');
  if (held === undefined) return asked.does.startsWith('hold') ? 'a hold that holds nothing' : null;
  const { holdId, seats, areas } = held.data as {
    holdId: string;
    seats: string[];
    areas: { quantity: number }[];
  };
  if (asked.does === 'hold' && asked.seats.join() !== seats.join()) return `holds ${seats.join()} instead`;
  if (asked.does === 'hold-best' && seats.length !== asked.quantity) return `holds ${seats.join()} instead`;
  if (asked.does === 'hold-places' && areas[0]?.quantity !== asked.quantity)
    return 'holds another number of places';
  if (answer.kind === 'done' && answer.hold?.id !== holdId)
    return `acknowledged under another id than ${holdId}`;
  return null;
}
