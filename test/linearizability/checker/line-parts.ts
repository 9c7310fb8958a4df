// What a show's history says about its unnumbered area and the line for it.
import type { EntrySeen, History, Wish } from '../history.ts';
import { labelOf, type Effect, type Sight } from './effects.ts';
import { endedOtherwise, mayLapseFrom } from './lapses.ts';
import type { LineOperation, LineSeen } from './line-model.ts';
import type { ShowDoings } from './partitions.ts';

const entryOf = (entryId: string): string => `e:${entryId}`;

export function linePart(history: History, { effects, sights }: ShowDoings): LineOperation[] {
  const operations: LineOperation[] = [];
  const ended = endedOtherwise(effects);
  const offers = offersSeen(effects, sights);
  for (const effect of effects) {
    const operation = operationOf(history, effect);
    if (operation === null) continue;
    operations.push(operation);
    const lapse = lapseOf(history, effect, operation, ended, offers);
    if (lapse !== null) operations.push(lapse);
  }
  for (const sight of sights) {
    const seen = seenOf(sight);
    if (seen !== null)
      operations.push({ ...interval(sight), label: labelOf(sight.attempt), does: 'see', ...seen });
  }
  return operations;
}

const interval = ({ calledAt, returnedAt }: Sight | Effect) => ({ calledAt, returnedAt });

type Offer = NonNullable<EntrySeen['offer']>;

/** Offers that somebody saw, by entry. */
function offersSeen(effects: readonly Effect[], sights: readonly Sight[]): Map<string, Offer> {
  const offers = new Map<string, Offer>();
  for (const { attempt } of [...effects, ...sights]) {
    const entry = attempt.answer.kind === 'done' ? attempt.answer.entry : undefined;
    if (entry?.offer) offers.set(entry.id, entry.offer);
  }
  return offers;
}

function operationOf({ logOrder }: History, effect: Effect): LineOperation | null {
  const { attempt, done } = effect;
  const { asked } = attempt;
  // What was over already left nothing in the log; its answer says when it was so at the latest.
  const hint = effect.hint ?? logOrder?.done[attempt.wish] ?? done?.revision;
  const base = { ...interval(effect), ...(hint !== undefined && { hint }), label: labelOf(attempt) };
  const wish = `wish-${attempt.wish}`;
  switch (asked.does) {
    case 'hold-places':
      return { ...base, does: 'take', who: done?.hold?.id ?? wish, quantity: asked.quantity };
    case 'join': {
      // Only an answer that is not a repetition shows the line as it was right after joining.
      const seen = done?.entry && effect.hint !== undefined ? seenOfEntry(done.entry) : undefined;
      const who = entryOf(done?.entry?.id ?? wish);
      return { ...base, does: 'join', who, quantity: asked.quantity, ...(seen && { seen }) };
    }
    case 'leave':
      return { ...base, does: 'leave', who: entryOf(asked.entryId) };
    case 'confirm':
    case 'release':
    case 'cancel':
      if (asked.held.places === 0) return null;
      return { ...base, does: asked.does, who: whoHolds(asked) };
    default:
      return null;
  }
}

const whoHolds = ({ held }: Extract<Wish, { held: unknown }>): string =>
  held.entryId === undefined ? held.holdId : entryOf(held.entryId);

function lapseOf(
  history: History,
  { calledAt, done, attempt }: Effect,
  { does, who }: LineOperation,
  ended: ReadonlySet<string>,
  offers: ReadonlyMap<string, Offer>,
): LineOperation | null {
  if (does !== 'take' && does !== 'join') return null;
  const offer = does === 'join' ? offers.get(who.slice(2)) : undefined;
  const holdId = offer?.holdId ?? done?.hold?.id;
  if (holdId !== undefined && ended.has(holdId)) return null;
  const hint = history.logOrder?.lapsed[attempt.wish];
  return {
    ...(hint !== undefined && { hint }),
    calledAt: mayLapseFrom(history, calledAt, offer?.until ?? done?.hold?.until),
    returnedAt: Infinity,
    label: `what client ${attempt.client} has of ${who.slice(0, 10)} lapses`,
    does: 'lapse',
    who,
  };
}

type Seen = Pick<LineOperation, 'who' | 'quantity' | 'seen'>;

function seenOf(sight: Sight): Seen | null {
  const { asked, answer } = sight.attempt;
  if (answer.kind === 'done' && answer.entry) {
    const { entry } = answer;
    return { who: entryOf(entry.id), seen: seenOfEntry(entry) };
  }
  if (answer.kind !== 'refused' || !('quantity' in asked)) return null;
  const is = REFUSED[`${asked.does} ${answer.code}`];
  return is === undefined ? null : { who: '', quantity: asked.quantity, seen: { is } };
}

const REFUSED: Record<string, 'unavailable' | 'reserved' | 'available'> = {
  'hold-places SeatsUnavailable': 'unavailable',
  'hold-places ReservedForWaitlist': 'reserved',
  'join SeatsAvailable': 'available',
};

function seenOfEntry({ status, ahead }: EntrySeen): LineSeen {
  if (status === 'waiting') return { is: 'waiting', ahead };
  return { is: status === 'offered' ? 'offered' : 'over' };
}
