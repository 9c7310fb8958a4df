// What a show's history says about the life of each hold, offers included.
import type { Answer, History } from '../history.ts';
import { labelOf, type Effect, type Sight } from './effects.ts';
import type { HoldOperation, HoldState } from './hold-model.ts';
import { endedOtherwise, mayLapseFrom } from './lapses.ts';
import type { ShowDoings } from './partitions.ts';

export function holdParts(
  history: History,
  { effects, sights }: ShowDoings,
): [holdId: string, operations: HoldOperation[]][] {
  const parts = new Map<string, HoldOperation[]>();
  const ended = endedOtherwise(effects);
  const add = (holdId: string, operation: HoldOperation): void => {
    const part = parts.get(holdId);
    if (part === undefined) parts.set(holdId, [operation]);
    else part.push(operation);
  };
  for (const effect of effects) {
    for (const [holdId, operation, until] of effectOnHold(effect)) {
      add(holdId, operation);
      if (operation.does === 'take' && !ended.has(holdId))
        add(holdId, {
          calledAt: mayLapseFrom(history, effect.calledAt, until),
          returnedAt: Infinity,
          label: `hold ${holdId.slice(0, 8)} lapses`,
          does: 'lapse',
        });
    }
  }
  for (const [holdId, offered] of offersOf(effects, sights, history, ended))
    for (const operation of offered) add(holdId, operation);
  for (const sight of sights) {
    const seen = seenOfHold(sight);
    if (seen !== null)
      add(seen[0], { ...interval(sight), label: labelOf(sight.attempt), does: 'see', seen: seen[1] });
  }
  return [...parts];
}

const interval = ({ calledAt, returnedAt }: Sight | Effect) => ({ calledAt, returnedAt });

function effectOnHold(effect: Effect): [holdId: string, HoldOperation, until?: string][] {
  const { attempt, done, hint } = effect;
  const { asked } = attempt;
  const operation = (does: HoldOperation['does']): HoldOperation => ({
    ...interval(effect),
    ...(hint !== undefined && { hint }),
    label: labelOf(attempt),
    does,
  });
  switch (asked.does) {
    case 'hold':
    case 'hold-best':
    case 'hold-places':
      return done?.hold ? [[done.hold.id, operation('take'), done.hold.until]] : [];
    case 'confirm':
    case 'release':
    case 'cancel':
      return [[asked.held.holdId, operation(asked.does)]];
    default:
      return [];
  }
}

/** The hold of an offer is made by nobody's request: some time after its entry joined the line. */
function offersOf(
  effects: readonly Effect[],
  sights: readonly Sight[],
  history: History,
  ended: ReadonlySet<string>,
): Map<string, HoldOperation[]> {
  const joined = new Map(
    effects.flatMap(({ attempt: { asked }, done, calledAt }) =>
      asked.does === 'join' && done?.entry ? [[done.entry.id, calledAt] as const] : [],
    ),
  );
  const offers = new Map<string, HoldOperation[]>();
  for (const { attempt } of [...effects, ...sights]) {
    const entry = attempt.answer.kind === 'done' ? attempt.answer.entry : undefined;
    if (!entry?.offer || offers.has(entry.offer.holdId)) continue;
    const { holdId, until } = entry.offer;
    const since = joined.get(entry.id)!;
    const label = `hold ${holdId.slice(0, 8)}`;
    const made: HoldOperation = {
      calledAt: since,
      returnedAt: Infinity,
      label: `${label} is offered`,
      does: 'take',
    };
    const left: HoldOperation = {
      calledAt: since,
      returnedAt: Infinity,
      label: `${label} is declined`,
      does: 'release',
    };
    const lapses: HoldOperation = {
      calledAt: mayLapseFrom(history, since, until),
      returnedAt: Infinity,
      label: `${label} lapses`,
      does: 'lapse',
    };
    // That its entry was left is told in the line's own part.
    offers.set(holdId, ended.has(holdId) ? [made] : [made, left, lapses]);
  }
  return offers;
}

const ALL_BUT_LIVE: readonly HoldState[] = ['confirmed', 'cancelled', 'released', 'expired'];
const SEEN_OF_STATUS: Record<string, readonly HoldState[]> = {
  live: ['live'],
  confirmed: ['confirmed', 'cancelled'],
  released: ['released'],
  expired: ['expired'],
};
const SEEN_OF_REFUSAL: Record<string, readonly HoldState[]> = {
  HoldExpired: ['expired'],
  HoldReleased: ['released'],
  HoldConfirmed: ['confirmed', 'cancelled'],
  BookingCancelled: ['cancelled'],
};

function seenOfHold({ attempt: { asked, answer } }: Sight): [holdId: string, readonly HoldState[]] | null {
  if (answer.kind === 'unknown') return null;
  if ('held' in asked) return [asked.held.holdId, statesOf(answer)];
  if (answer.kind === 'done' && answer.hold) return [answer.hold.id, SEEN_OF_STATUS[answer.hold.status]!];
  return null;
}

/** A refusal that nobody knows, "not found" above all, fits no state: an acknowledged hold is there. */
function statesOf(answer: Exclude<Answer, { kind: 'unknown' }>): readonly HoldState[] {
  if (answer.kind === 'refused') return SEEN_OF_REFUSAL[answer.code] ?? [];
  if (answer.booking) return answer.booking.status === 'cancelled' ? ['cancelled'] : ['confirmed'];
  return answer.hold ? SEEN_OF_STATUS[answer.hold.status]! : ALL_BUT_LIVE;
}
