// Whatever can happen to shows, at random but from a seed: the same seed gives the same history.
import { toIso } from '../../src/domain/decider.ts';
import { idFor, type Season } from './season.ts';

/** Numbers from 0 up to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Everything that can happen to shows, at random: holds, lapses, bookings, lines, blocks, edits, cancellations. */
export async function bustle(
  season: Season,
  shows: readonly string[],
  steps: number,
  seed: number,
): Promise<void> {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const caller = { clientId: 'front', all: true };
  for (let i = 0; i < steps; i += 1) {
    const show = pick(shows);
    const state = season.states.get(show)!;
    const name = `${seed}-${i}`;
    const live = [...state.holds.values()].filter((hold) => hold.status === 'live').map((hold) => hold.id);
    const waiting = [...state.entries.values()]
      .filter((entry) => entry.status === 'waiting')
      .map((entry) => entry.id);
    const dice = next();
    if (dice < 0.35)
      await season.hold(show, name, {
        best: 1 + Math.floor(next() * 3),
        customer: `c${Math.floor(next() * 40)}`,
      });
    else if (dice < 0.42)
      await season.hold(show, name, {
        pit: 1 + Math.floor(next() * 3),
        customer: `c${Math.floor(next() * 40)}`,
      });
    else if (dice < 0.55 && live.length > 0)
      await season.decide(show, {
        kind: 'ConfirmHold',
        holdId: pick(live),
        bookingId: idFor(`booking ${name}`),
        paymentReference: null,
        caller,
      });
    else if (dice < 0.62 && live.length > 0)
      await season.decide(show, { kind: 'ReleaseHold', holdId: pick(live), caller });
    else if (dice < 0.64 && live.length > 0) {
      const hold = state.holds.get(pick(live))!;
      await season.decide(show, { kind: 'ExtendHold', holdId: hold.id, until: toIso(hold.until + 60_000) });
    } else if (dice < 0.76)
      await season.join(show, name, 1 + Math.floor(next() * 2), pick(['Stalls', 'Standing']));
    else if (dice < 0.8 && waiting.length > 0)
      await season.decide(show, { kind: 'LeaveWaitlist', entryId: pick(waiting), caller });
    else if (dice < 0.83 && waiting.length > 0)
      await season.decide(show, {
        kind: 'MoveEntry',
        entryId: pick(waiting),
        ahead: Math.floor(next() * 3),
        reason: 'r',
      });
    else if (dice < 0.87 && state.bookings.size > 0)
      await season.decide(show, {
        kind: 'CancelBooking',
        bookingId: pick([...state.bookings.keys()]),
        reason: 'r',
        caller,
      });
    else if (dice < 0.89)
      await season.decide(show, {
        kind: 'BlockSeats',
        seats: [`A-${1 + Math.floor(next() * 4)}`],
        areas: [],
        reason: 'r',
      });
    else if (dice < 0.91)
      await season.decide(show, {
        kind: 'EditShow',
        prices: { Stalls: { amount: Math.floor(next() * 9000), currency: 'EUR' } },
        areas: [{ id: 'pit', capacity: 5 + Math.floor(next() * 20) }],
        reason: 'r',
      });
    else if (dice < 0.93) await season.decide(show, { kind: 'PauseSales', reason: 'r' });
    else if (dice < 0.96) await season.decide(show, { kind: 'ResumeSales', reason: 'r' });
    else if (dice < 0.962) await season.decide(show, { kind: 'CancelShow', reason: 'r' });
    else season.now += Math.floor(next() * 400_000);
  }
}
