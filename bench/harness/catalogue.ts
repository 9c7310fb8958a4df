// A catalogue of as many events as are asked for, in the cities of the demo, and what people look for in it.
import { v7 as uuidv7 } from 'uuid';
import { Chance } from '../../src/demo/chance.ts';
import { CITIES } from '../../src/demo/cities.ts';
import { ACTS } from '../../src/demo/words/acts.ts';
import type { Kind } from '../../src/demo/words/words.ts';
import { makeHall, type Hall } from './hall.ts';
import { eventOf, writeHistory } from './history.ts';

const SEED = 3;
const KINDS = Object.keys(ACTS) as Kind[];

/** One of a hundred seats in each city of the demo. */
export async function makeHalls(url: string): Promise<Hall[]> {
  const halls: Hall[] = [];
  for (const { name: city, lat, lon } of CITIES) {
    const hall = await makeHall(url, 100, { city, lat, lon });
    halls.push(hall);
  }
  return halls;
}

/** Published events with one show each, written straight to the log. */
export async function writeCatalogue(
  databaseUrl: string,
  events: number,
  halls: readonly Hall[],
): Promise<void> {
  const chance = new Chance(SEED);
  const ids = Array.from({ length: events }, () => ({ event: uuidv7(), show: uuidv7() }));
  const rules = { holdTtlMs: 600_000, offerTtlMs: 600_000, ticketsPerCustomer: 10, waitlistPolicy: 'strict' };
  const startsAt = () => new Date(Date.now() + chance.between(1, 180) * 86_400_000).toISOString();
  const announced = (n: number) => {
    const type = chance.of(KINDS);
    const act = chance.of(ACTS[type]);
    const title = `${act.name} ${chance.of(ACTS[chance.of(KINDS)]).name}`;
    const fields = { title, description: `${title}, evening ${n}`, type, tags: act.tags, language: 'en' };
    return [
      eventOf('EventCreated', fields),
      eventOf('ShowAdded', { showId: ids[n]!.show }),
      eventOf('EventPublished', {}),
    ];
  };
  const scheduled = (n: number) => {
    const { venueId, planId: seatingPlanId } = chance.of(halls);
    const times = {
      startsAt: startsAt(),
      endsAt: null,
      timeZone: 'UTC',
      salesOpenAt: null,
      salesCloseAt: null,
    };
    const prices = { All: { amount: chance.between(1_000, 9_000), currency: 'EUR' } };
    const show = {
      eventId: ids[n]!.event,
      venueId,
      seatingPlanId,
      ...times,
      prices,
      published: true,
      ...rules,
    };
    return [eventOf('ShowScheduled', show)];
  };
  const fresh = { fresh: true };
  await writeHistory(
    databaseUrl,
    ids.map(({ event }) => `event-${event}`),
    announced,
    fresh,
  );
  await writeHistory(
    databaseUrl,
    ids.map(({ show }) => `show-${show}`),
    scheduled,
    fresh,
  );
}

export interface Question {
  readonly q?: string;
  readonly type?: string;
  readonly near?: { lat: number; lon: number };
  readonly radiusKm?: number;
  /** What all the events found have in common is counted as well. */
  readonly facets?: boolean;
}

/**
 * Words of a title, every second with a slip; two in five of one type, one in five near some place. One in three wants its
 * facets, with slips, types and places as often as the others: who searches anew draws them, who turns a page does not.
 */
export function askedQuestions(count: number): Question[] {
  const chance = new Chance(SEED, 'questions');
  const slip = (word: string): string => {
    const at = chance.between(1, word.length - 2);
    return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
  };
  return Array.from({ length: count }, (_, n) => {
    const words = chance
      .of(ACTS[chance.of(KINDS)])
      .name.split(' ')
      .filter((word) => word.length > 3);
    const word = words.length > 0 ? chance.of(words) : 'orchestra';
    const { lat, lon } = chance.of(CITIES);
    return {
      q: n % 2 === 0 ? slip(word) : word,
      ...(n % 5 < 2 && { type: chance.of(KINDS) }),
      ...(n % 5 === 2 && { near: { lat, lon }, radiusKm: 50 }),
      facets: n % 3 === 0,
    };
  });
}

export function pathOf({ q, type, near, radiusKm, facets }: Question): string {
  const query = new URLSearchParams({
    ...(q !== undefined && { q }),
    ...(type !== undefined && { type }),
    ...(near && { near: `${near.lat},${near.lon}`, radiusKm: String(radiusKm) }),
    ...(facets && { facets: 'true' }),
  });
  return `/v1/events?${query.toString()}`;
}
