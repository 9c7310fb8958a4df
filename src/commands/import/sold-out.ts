// What a feed says is sold out is blocked, and given back when the feed says otherwise; never what an organiser blocked
// himself: the show's own stream says who did what (docs/decisions/0008).
import type { RecordedEvent } from '../../domain/event.ts';
import type { AreaQuantity, CapacityChanged, Places } from '../../domain/show/events.ts';
import type { ShowState } from '../../domain/show/show.ts';
import type { ImportSender } from './sender.ts';

const PAGE = 500;

/** Places of an area that one actor has blocked, and how many of its blocked ones are others'. */
interface Share extends AreaQuantity {
  readonly others: number;
}

/** Unblocks what imports of this source blocked and nobody unblocked since. Returns whether anything changed. */
export async function giveBackWhatWasSoldOut(sender: ImportSender, showId: string): Promise<boolean> {
  const ours = blockedBy(sender.actor, await blockingOf(sender, showId));
  if (ours.seats.length + ours.areas.length === 0) return false;
  const known = await sender.read(sender.engine.shows, showId, (state) => ({
    seats: ours.seats.filter((seat) => state.plan.seatIndex.has(seat)),
    areas: ours.areas.flatMap((share) => stillBlocked(state, share)),
  }));
  const command = { kind: 'UnblockSeats', ...known, reason: 'available again at the source' } as const;
  const outcome = await sender.send(sender.engine.shows, showId, command, 'unblock');
  return outcome.ok && (outcome.changed || outcome.replayed);
}

/** Never more than is blocked beside others': what a log of before `blockedGone` leaves unsaid is taken to be ours. */
function stillBlocked({ plan, areas }: ShowState, { areaId, quantity, others }: Share): AreaQuantity[] {
  const area = plan.areaIndex.get(areaId);
  const blocked = area === undefined ? 0 : areas.blocked[area]!;
  const left = Math.min(quantity, blocked - others);
  return left > 0 ? [{ areaId, quantity: left }] : [];
}

type Blocking = Pick<RecordedEvent, 'type' | 'data' | 'metadata'>;

/**
 * What of the blocked places one actor blocked. Places of an area have no names: what others unblock there is taken
 * from what others blocked, as long as there is any; what goes with less room is ours before it is others'.
 */
export function blockedBy(
  actor: string,
  events: readonly Blocking[],
): { readonly seats: readonly string[]; readonly areas: readonly Share[] } {
  const seats = new Set<string>();
  const areas = new Map<string, Count>();
  const countOf = (areaId: string): Count => {
    const count = areas.get(areaId) ?? { ours: 0, others: 0 };
    areas.set(areaId, count);
    return count;
  };
  for (const { type, data, metadata } of events) {
    if (type === 'CapacityChanged') {
      for (const { areaId, quantity } of (data as CapacityChanged['data']).blockedGone ?? [])
        takeFrom(countOf(areaId), true, quantity);
      continue;
    }
    const places = data as Places;
    const mine = metadata.actor === actor;
    for (const seat of places.seats) {
      if (type === 'SeatsBlocked' && mine) seats.add(seat);
      else seats.delete(seat);
    }
    for (const { areaId, quantity } of places.areas) {
      const count = countOf(areaId);
      if (type === 'SeatsBlocked') count[mine ? 'ours' : 'others'] += quantity;
      else takeFrom(count, mine, quantity);
    }
  }
  const shares = [...areas].map(([areaId, { ours, others }]) => ({ areaId, quantity: ours, others }));
  return { seats: [...seats], areas: shares.filter(({ quantity }) => quantity > 0) };
}

interface Count {
  ours: number;
  others: number;
}

function takeFrom(count: Count, mine: boolean, quantity: number): void {
  const [first, second] = mine ? (['ours', 'others'] as const) : (['others', 'ours'] as const);
  const fromFirst = Math.min(quantity, count[first]);
  count[first] -= fromFirst;
  count[second] = Math.max(0, count[second] - (quantity - fromFirst));
}

async function blockingOf(sender: ImportSender, showId: string): Promise<RecordedEvent[]> {
  const types = ['SeatsBlocked', 'SeatsUnblocked', 'CapacityChanged'];
  const only = { streams: [`show-${showId}`], types };
  const found: RecordedEvent[] = [];
  for (;;) {
    const page = await sender.engine.log.readAll(found.at(-1)?.position ?? 0, PAGE, only);
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}
