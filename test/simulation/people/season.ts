// The season at the beginning of a run: a venue, a hall for each show, events with their shows, most of them on view. Sent to
// a process as an organiser would.
import type { Answer } from '../engine/front-door.ts';
import type { SimulatedProcess } from '../engine/simulated-process.ts';
import type { Chance } from '../kernel/chance.ts';
import { OFFICE, scheduling, type PlacedShow } from './asking.ts';
import { drawingOf, type Hall } from './hall.ts';

export async function setUp(
  process: SimulatedProcess,
  count: number,
  chance: Chance,
  hallOf: (chance: Chance) => Hall,
  drawn: (seatingPlanId: string, hall: Hall) => void,
): Promise<PlacedShow[]> {
  let asked = 0;
  const ask = async (
    operation: string,
    params: Record<string, string>,
    body: object,
  ): Promise<Answer['body']> => {
    asked += 1;
    const id = `setup${asked}`;
    const asking = { operation, params, body: body as never, principal: OFFICE, id };
    const { status, body: said } = await process.door.ask({ ...asking, headers: { 'idempotency-key': id } });
    if (status >= 400)
      throw new Error(`The season could not be set up: ${operation}: ${JSON.stringify(said)}`);
    return said;
  };
  const idIn = (said: Answer['body'], name: string): string =>
    (said as Record<string, { id: string }>)[name]!.id;
  const city = { name: 'House', city: 'Cadiz', timeZone: 'Europe/Madrid' };
  const venueId = idIn(await ask('createVenue', {}, city), 'venue');
  const shows: PlacedShow[] = [];
  let eventId = '';
  for (let i = 0; i < count; i += 1) {
    const hall = hallOf(chance);
    const seatingPlanId = idIn(await ask('drawSeatingPlan', { venueId }, drawingOf(hall)), 'seatingPlan');
    drawn(seatingPlanId, hall);
    if (i % 2 === 0) eventId = idIn(await ask('createEvent', {}, { title: `Evening ${i}` }), 'event');
    const { params, body } = scheduling({ eventId, venueId, seatingPlanId }, 0, chance.below(1_000_000));
    const showId = idIn(await ask('scheduleShow', params!, body!), 'show');
    shows.push({ showId, eventId, venueId, seatingPlanId, hall });
    if (i % 2 === 1 || chance.happens(0.7)) await ask('publishEvent', { eventId }, {});
  }
  return shows;
}
