// Sound histories made unsound: one answer is changed, or one added, that no order of operations explains.
import type { Attempt, History } from '../history.ts';
import type { Chance } from '../recorder/chance.ts';

/** The history with one fault in it; null where this history has no place for one. */
export type Plant = (history: History, chance: Chance) => History | null;

/** Two holds of one seat, both acknowledged, the second while the first surely lives. */
export const doubleHold: Plant = (history, chance) => {
  const owned = firmHolds(history);
  if (owned.length === 0) return null;
  const { attempt, from, to } = chance.pick(owned);
  const hold = attempt.answer.kind === 'done' ? attempt.answer.hold! : null;
  const [calledAt, returnedAt] = within(from, to, chance);
  return withAttempt(history, {
    ...strangerOf(attempt),
    asked: { does: 'hold', seats: [hold!.seats[0]!] },
    calledAt,
    returnedAt,
    answer: { kind: 'done', revision: 0, hold: { ...hold!, id: 'double-hold', seats: [hold!.seats[0]!] } },
  });
};

/** A confirmation was acknowledged, and its seats are given to somebody else. */
export const lostConfirm: Plant = (history, chance) => {
  const firm = history.attempts.flatMap((attempt) => {
    const { asked, answer, returnedAt } = attempt;
    if (asked.does !== 'confirm' || answer.kind !== 'done' || asked.held.seats.length === 0) return [];
    const cancelled = callsAbout(history, asked.held.holdId).find(({ asked: { does } }) => does === 'cancel');
    const to = cancelled?.calledAt ?? endOf(history) + 10;
    return to - returnedAt! > GAP_MS ? [{ attempt, held: asked.held, from: returnedAt!, to }] : [];
  });
  if (firm.length === 0) return null;
  const { attempt, held, from, to } = chance.pick(firm);
  const [calledAt, returnedAt] = within(from, to, chance);
  const seats = [held.seats[0]!];
  const until = new Date(history.beganAt + returnedAt + 60).toISOString();
  return withAttempt(history, {
    ...strangerOf(attempt),
    asked: { does: 'hold', seats },
    calledAt,
    returnedAt,
    answer: { kind: 'done', revision: 0, hold: { id: 'after-lost-confirm', status: 'live', seats, until } },
  });
};

/** A hold is read as live after its end was acknowledged. */
export const staleRead: Plant = (history, chance) => {
  const over = history.attempts.filter(
    ({ asked, answer }) =>
      (asked.does === 'release' || asked.does === 'confirm') &&
      answer.kind === 'done' &&
      asked.held.entryId === undefined,
  );
  if (over.length === 0) return null;
  const attempt = chance.pick(over);
  const { held } = attempt.asked as Extract<Attempt['asked'], { held: unknown }>;
  const calledAt = attempt.returnedAt! + chance.between(0.1, 20);
  return withAttempt(history, {
    ...strangerOf(attempt),
    asked: { does: 'read-hold', held },
    calledAt,
    returnedAt: calledAt + chance.between(0.1, 5),
    answer: {
      kind: 'done',
      hold: { id: held.holdId, status: 'live', seats: held.seats, until: LATER },
    },
  });
};

/** Somebody is offered places while one who joined before still waits, and goes on waiting. */
export const overtake: Plant = (history, chance) => {
  const seen = history.attempts.filter(({ answer }) => answer.kind === 'done' && answer.entry !== undefined);
  const pairs = seen.flatMap((behind) => {
    const { entry } = behind.answer as { entry: { id: string; status: string; ahead: number } };
    if (entry.status !== 'waiting' || entry.ahead === 0 || behind.asked.does !== 'read-entry') return [];
    // The one in front is seen to wait, after a time in which the one behind could have been served.
    const stillWaits = seen.some(({ asked, answer, calledAt }) => {
      const other = (answer as { entry: { id: string; status: string; ahead: number } }).entry;
      return (
        asked.does === 'read-entry' &&
        other.id !== entry.id &&
        other.status === 'waiting' &&
        other.ahead < entry.ahead &&
        calledAt > behind.returnedAt! + GAP_MS
      );
    });
    return stillWaits && joinedBefore(seen, behind) ? [behind] : [];
  });
  if (pairs.length === 0) return null;
  const behind = chance.pick(pairs);
  const { entry } = behind.answer as { entry: Extract<Attempt['answer'], { kind: 'done' }>['entry'] };
  const offer = { holdId: `offer-${entry!.id}`, until: LATER };
  const answer = { kind: 'done' as const, entry: { ...entry!, status: 'offered' as const, ahead: 0, offer } };
  return { ...history, attempts: history.attempts.map((a) => (a === behind ? { ...behind, answer } : a)) };
};

const GAP_MS = 1;
const LATER = '2030-01-02T00:00:00.000Z';

/** Whoever is in front when this one looks was in front when it joined: nobody is moved here. */
const joinedBefore = (seen: readonly Attempt[], behind: Attempt): boolean =>
  seen.some(({ asked, wish }) => asked.does === 'join' && wish !== behind.wish);

/** Holds of seats, from when they were surely made until when somebody first tried to end them. */
function firmHolds(history: History): { attempt: Attempt; from: number; to: number }[] {
  return history.attempts.flatMap((attempt) => {
    const { answer, returnedAt } = attempt;
    if (answer.kind !== 'done' || !answer.hold || answer.hold.seats.length === 0 || answer.replayed)
      return [];
    if (!attempt.asked.does.startsWith('hold')) return [];
    const ends = callsAbout(history, answer.hold.id).filter(
      ({ asked: { does } }) => does === 'release' || does === 'confirm',
    );
    const lapsesAt = Date.parse(answer.hold.until) - history.beganAt - GAP_MS * 30;
    const to = Math.min(lapsesAt, ...ends.map(({ calledAt }) => calledAt));
    return to - returnedAt! > GAP_MS ? [{ attempt, from: returnedAt!, to }] : [];
  });
}

const callsAbout = ({ attempts }: History, holdId: string): Attempt[] =>
  attempts.filter(({ asked }) => 'held' in asked && asked.held.holdId === holdId);

const endOf = ({ attempts }: History): number => Math.max(...attempts.map(({ calledAt }) => calledAt));

function within(from: number, to: number, chance: Chance): [number, number] {
  const calledAt = chance.between(from, from + (to - from) / 2);
  return [calledAt, chance.between(calledAt, to)];
}

const strangerOf = ({ showId }: Attempt) => ({ wish: -1, client: 99, showId, requestId: 'planted' });

const withAttempt = (history: History, attempt: Attempt): History => ({
  ...history,
  attempts: [...history.attempts, attempt],
});
