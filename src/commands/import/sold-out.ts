// What a feed says is sold out is blocked, and given back when the feed says otherwise; never what an organiser blocked
// himself: the show's own stream says who did what (docs/decisions/0008).
import type { RecordedEvent } from '../../domain/event.ts';
import type { Places } from '../../domain/show/events.ts';
import type { ImportSender } from './sender.ts';

const PAGE = 500;

/** Unblocks what imports of this source blocked and nobody unblocked since. Returns whether anything changed. */
export async function giveBackWhatWasSoldOut(sender: ImportSender, showId: string): Promise<boolean> {
  const ours = blockedBy(sender.actor, await blockingOf(sender, showId));
  if (ours.seats.length + ours.areas.length === 0) return false;
  const known = await sender.read(sender.engine.shows, showId, ({ plan }) => ({
    seats: ours.seats.filter((seat) => plan.seatIndex.has(seat)),
    areas: ours.areas.filter(({ areaId }) => plan.areaIndex.has(areaId)),
  }));
  const command = { kind: 'UnblockSeats', ...known, reason: 'available again at the source' } as const;
  const outcome = await sender.send(sender.engine.shows, showId, command, 'unblock');
  return outcome.ok && (outcome.changed || outcome.replayed);
}

/**
 * What of the blocked places one actor blocked. Places of an area have no names: what others unblock there is taken
 * from what others blocked, as long as there is any.
 */
export function blockedBy(
  actor: string,
  events: readonly Pick<RecordedEvent, 'type' | 'data' | 'metadata'>[],
): Places {
  const seats = new Set<string>();
  const areas = new Map<string, { ours: number; others: number }>();
  for (const { type, data, metadata } of events) {
    const places = data as Places;
    const mine = metadata.actor === actor;
    for (const seat of places.seats) {
      if (type === 'SeatsBlocked' && mine) seats.add(seat);
      else seats.delete(seat);
    }
    for (const { areaId, quantity } of places.areas) {
      const count = areas.get(areaId) ?? { ours: 0, others: 0 };
      areas.set(areaId, count);
      if (type === 'SeatsBlocked') count[mine ? 'ours' : 'others'] += quantity;
      else takeFrom(count, mine, quantity);
    }
  }
  return {
    seats: [...seats],
    areas: [...areas].filter(([, n]) => n.ours > 0).map(([areaId, n]) => ({ areaId, quantity: n.ours })),
  };
}

function takeFrom(count: { ours: number; others: number }, mine: boolean, quantity: number): void {
  const [first, second] = mine ? (['ours', 'others'] as const) : (['others', 'ours'] as const);
  const fromFirst = Math.min(quantity, count[first]);
  count[first] -= fromFirst;
  count[second] = Math.max(0, count[second] - (quantity - fromFirst));
}

async function blockingOf(sender: ImportSender, showId: string): Promise<RecordedEvent[]> {
  const only = { streams: [`show-${showId}`], types: ['SeatsBlocked', 'SeatsUnblocked'] };
  const found: RecordedEvent[] = [];
  for (;;) {
    const page = await sender.engine.log.readAll(found.at(-1)?.position ?? 0, PAGE, only);
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}
