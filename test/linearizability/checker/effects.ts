// From requests to what they did and what they showed, each with the time in which it must have happened. Attempts of one
// wish have one effect; one without a verdict stays open, unless a later attempt says that it is done.
import type { Attempt, Done, Wish } from '../history.ts';

export interface Effect {
  readonly attempt: Attempt;
  readonly calledAt: number;
  /** Infinity: open. */
  readonly returnedAt: number;
  readonly hint?: number;
  /** Of an open one: none. */
  readonly done: Done | null;
}

/** What an answer showed, without having changed anything. */
export interface Sight {
  readonly attempt: Attempt;
  readonly calledAt: number;
  readonly returnedAt: number;
}

export interface Doings {
  readonly effects: readonly Effect[];
  readonly sights: readonly Sight[];
}

/** @param attempts of one wish, in the order in which they were sent. */
export function doingsOf(attempts: readonly Attempt[]): Doings {
  const effects: Effect[] = [];
  const sights: Sight[] = [];
  let open: Attempt | null = null;
  for (const attempt of attempts) {
    const { asked, calledAt, returnedAt, answer } = attempt;
    if (answer.kind === 'unknown') {
      open ??= isRead(asked) ? null : attempt;
      continue;
    }
    const interval = { attempt, calledAt, returnedAt: returnedAt! };
    if (answer.kind === 'refused' || isRead(asked)) {
      sights.push(interval);
      continue;
    }
    // A DELETE has no key, so nobody can say which of its attempts did it.
    const earlier = open !== null && (answer.replayed === true || !isKeyed(asked)) ? open : null;
    if (earlier === null) effects.push({ ...interval, hint: answer.revision, done: answer });
    else {
      effects.push({ ...interval, calledAt: earlier.calledAt, done: answer });
      sights.push(interval);
    }
    open = null;
  }
  if (open !== null)
    effects.push({ attempt: open, calledAt: open.calledAt, returnedAt: Infinity, done: null });
  return { effects, sights };
}

const READS: readonly Wish['does'][] = ['read-hold', 'read-booking', 'read-entry', 'read-map'];
const isRead = ({ does }: Wish): boolean => READS.includes(does);
const isKeyed = ({ does }: Wish): boolean => does !== 'release' && does !== 'leave';

/** Attempts by wish, each list in the order of calling. */
export function byWish(attempts: readonly Attempt[]): Attempt[][] {
  const groups = Map.groupBy(attempts, ({ wish }) => wish);
  return [...groups.values()].map((group) => group.toSorted((a, b) => a.calledAt - b.calledAt));
}

/** One line about a request, for drawings. */
export function labelOf({ asked, answer, client }: Attempt): string {
  const about =
    'held' in asked
      ? ` ${asked.held.holdId.slice(0, 8)}`
      : 'entryId' in asked
        ? ` ${asked.entryId.slice(0, 8)}`
        : '';
  const what =
    'seats' in asked ? ` ${asked.seats.join('+')}` : 'quantity' in asked ? ` ×${asked.quantity}` : '';
  return `client ${client}: ${asked.does}${about}${what} → ${saidOf(answer)}`;
}

function saidOf(answer: Attempt['answer']): string {
  if (answer.kind === 'unknown') return `? (${answer.why})`;
  if (answer.kind === 'refused') return `${answer.code}${answer.seats ? ` (${answer.seats.join()})` : ''}`;
  const { hold, booking, entry, revision, replayed } = answer;
  const thing = hold ?? booking ?? entry;
  const ahead = entry?.status === 'waiting' ? `, ${entry.ahead} ahead` : '';
  return `${thing ? `${thing.id.slice(0, 8)} ${thing.status}${ahead}` : 'the map'}${revision === undefined ? '' : ` at ${revision}`}${replayed ? ', as before' : ''}`;
}
