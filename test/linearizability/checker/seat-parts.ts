// What a show's history says about each of its numbered seats.
import type { Answer, History, HoldStatus } from '../history.ts';
import { labelOf, type Effect, type Sight } from './effects.ts';
import { endedOtherwise, mayLapseFrom } from './lapses.ts';
import type { ShowDoings } from './partitions.ts';
import type { SeatOperation, SeatSeen } from './seat-model.ts';

export function seatParts(
  history: History,
  { show, effects, sights }: ShowDoings,
): [seat: string, operations: SeatOperation[]][] {
  const parts = new Map(show.seats.map((seat) => [seat, [] as SeatOperation[]]));
  const ended = endedOtherwise(effects);
  for (const effect of effects) {
    for (const [seat, operation] of effectOnSeats(show.seats, effect)) {
      parts.get(seat)!.push(operation);
      if (operation.does === 'take' && !ended.has(operation.holdId))
        parts.get(seat)!.push(lapseOf(history, effect, operation));
    }
  }
  for (const sight of sights)
    for (const [seat, holdId, seen] of seenOfSeats(show.seats, sight))
      parts.get(seat)!.push({ ...interval(sight), label: labelOf(sight.attempt), does: 'see', holdId, seen });
  return [...parts];
}

const interval = ({ calledAt, returnedAt }: Sight | Effect) => ({ calledAt, returnedAt });

function effectOnSeats(all: readonly string[], effect: Effect): [string, SeatOperation][] {
  const { attempt, done, hint } = effect;
  const { asked } = attempt;
  const operation = (does: SeatOperation['does'], holdId: string): SeatOperation => ({
    ...interval(effect),
    ...(hint !== undefined && { hint }),
    label: labelOf(attempt),
    does,
    holdId,
  });
  switch (asked.does) {
    case 'hold':
    case 'hold-best': {
      // An open one may have got any of the best; it goes by its wish, for nobody knows its id.
      const seats = done?.hold?.seats ?? (asked.does === 'hold' ? asked.seats : all);
      const holdId = done?.hold?.id ?? `wish-${attempt.wish}`;
      return seats.map((seat) => [seat, operation('take', holdId)]);
    }
    case 'confirm':
    case 'release':
    case 'cancel': {
      const { does } = asked;
      return asked.held.seats.map((seat) => [seat, operation(does, asked.held.holdId)]);
    }
    default:
      return [];
  }
}

function lapseOf(history: History, { calledAt, done }: Effect, { holdId }: SeatOperation): SeatOperation {
  return {
    calledAt: mayLapseFrom(history, calledAt, done?.hold?.until),
    returnedAt: Infinity,
    label: `hold ${holdId.slice(0, 8)} lapses`,
    does: 'lapse',
    holdId,
  };
}

function seenOfSeats(all: readonly string[], { attempt }: Sight): [seat: string, holdId: string, SeatSeen][] {
  const { asked, answer } = attempt;
  if (answer.kind === 'unknown') return [];
  if (asked.does === 'hold' && answer.kind === 'refused') {
    if (answer.code !== 'SeatsUnavailable') return [];
    return asked.seats.map((seat) => [seat, '', answer.seats!.includes(seat) ? 'taken' : 'free']);
  }
  if (asked.does === 'hold' || asked.does === 'hold-best') return seenOfNewHold(answer);
  if (asked.does === 'read-map' && answer.kind === 'done')
    return all.map((seat, i) => [seat, '', SEEN_ON_MAP[answer.map![i]!]!]);
  if (!('held' in asked)) return [];
  const seen = seenOfHold(answer);
  return asked.held.seats.map((seat) => [seat, asked.held.holdId, seen]);
}

const SEEN_ON_MAP: readonly SeatSeen[] = ['free', 'held-by-anybody', 'booked-by-anybody', 'taken'];

/** A hold that was asked for again and is there already, as it stands by then. */
function seenOfNewHold(answer: Answer): [string, string, SeatSeen][] {
  if (answer.kind !== 'done' || answer.hold === undefined) return [];
  const { id, seats, status } = answer.hold;
  return seats.map((seat) => [seat, id, SEEN_OF_STATUS[status]]);
}

/** A confirmed one's booking may have been cancelled. */
const SEEN_OF_STATUS: Record<HoldStatus, SeatSeen> = {
  live: 'held',
  confirmed: 'not-held',
  released: 'gone',
  expired: 'gone',
};

function seenOfHold(answer: Exclude<Answer, { kind: 'unknown' }>): SeatSeen {
  if (answer.kind === 'done') {
    if (answer.booking) return answer.booking.status === 'confirmed' ? 'booked' : 'gone';
    return SEEN_OF_STATUS[answer.hold!.status];
  }
  return answer.code === 'HoldConfirmed' ? 'not-held' : 'gone';
}
