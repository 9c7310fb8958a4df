// The walk through the product: one evening at the box office, told in plain words, every claim asserted.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { countSeats, type FrontEnd, type Json } from './front-end.ts';

export type Tell = (line: string) => void;

/** Plays the whole story; throws at the first thing that is not as told. */
export async function walkThrough(shop: FrontEnd, tell: Tell): Promise<void> {
  const run = randomUUID().slice(0, 8);
  tell('Finding something to go to');
  const demo = await findNear(shop, tell);
  const provided = await findByName(shop, tell);
  tell('\nLooking at the seats, and buying some');
  for (const event of [demo, provided]) await buy(shop, tell, event, run);
  tell('\nA small hall of our own, with holds of five seconds');
  const show = await openSmallHall(shop, tell);
  await race(shop, tell, show);
  await limit(shop, tell, show);
  await lapse(shop, tell, show);
  const position = await line(shop, tell, show);
  await retry(shop, tell, show, position);
  tell('\nEverything was as it should be.');
}

async function findNear(shop: FrontEnd, tell: Tell): Promise<Json> {
  const { data: places } = await shop.get('/v1/locations?q=Berlin');
  assert.ok(places.length > 0, 'no place called Berlin');
  const [berlin] = places;
  const { data } = await shop.get(`/v1/events?near=${berlin.lat},${berlin.lon}&radiusKm=30&limit=100`);
  const event = data.find((e: Json) => e.free >= 20);
  assert.ok(event, 'nothing with free seats near Berlin');
  assert.ok(event.distanceKm <= 30);
  const [lat, lon] = [berlin.lat, berlin.lon].map((degrees: number) => degrees.toFixed(2));
  tell(`  Near ${berlin.name} (${lat}, ${lon}) there are ${data.length} events within 30 km.`);
  tell(
    `  We take "${event.title}" at ${event.nextShow.venue.name}, ${event.distanceKm} km away, ${event.free} seats free.`,
  );
  return event;
}

async function findByName(shop: FrontEnd, tell: Tell): Promise<Json> {
  const { data } = await shop.get('/v1/events?q=camela%20en%20concirto');
  const event = data.find((e: Json) => e.title === 'Camela en concierto');
  assert.ok(event, 'the provider’s concert is not found in spite of the typo');
  tell(`  A provider's feed brought "${event.title}"; it is found though we typed "concirto".`);
  return event;
}

async function buy(shop: FrontEnd, tell: Tell, event: Json, run: string): Promise<void> {
  const path = `/v1/shows/${event.nextShow.id}`;
  const { show } = await shop.get(path);
  const map = await shop.get(`${path}/availability`);
  const [free, held, booked, blocked] = countSeats(map);
  tell(
    `  "${event.title}": ${map.seatCount} numbered seats, ${free} free, ${held} held, ${booked} booked, ${blocked} not on sale.`,
  );
  const category = show.categories.find((c: Json) => c.free >= 2);
  const customerId = `walker-${run}`;
  const best = { categoryId: category.id, quantity: 2 };
  const { hold } = await shop.ok('POST', `${path}/holds`, { customerId, bestAvailable: best });
  const { booking } = await shop.ok('POST', `${path}/holds/${hold.id}/confirm`, {});
  const what = hold.seats.length > 0 ? `seats ${hold.seats.join(' and ')}` : `2 places in ${category.name}`;
  tell(
    `    The best two in ${category.name}: ${what} for ${(hold.total.amount / 100).toFixed(2)} ${hold.total.currency}. Paid: booking ${booking.id}.`,
  );
  const reason = 'the walk is over';
  const done = await shop.ok('POST', `${path}/bookings/${booking.id}/cancel`, { reason }, {}, 200);
  assert.equal(done.booking.status, 'cancelled');
}

/** Two rows of three, one category, holds of five seconds. */
async function openSmallHall(shop: FrontEnd, tell: Tell): Promise<string> {
  const { venue } = await shop.ok('POST', '/v1/venues', {
    name: 'Back Room',
    timeZone: 'Europe/Berlin',
    city: 'Berlin',
  });
  const seat = (row: string, n: number) => ({
    seat_guid: `${row}-${n}`,
    seat_number: String(n),
    position: { x: n * 30, y: 0 },
    category: 'Stalls',
  });
  const row = (name: string, y: number) => ({
    row_number: name,
    position: { x: 0, y },
    seats: [1, 2, 3].map((n) => seat(name, n)),
  });
  const zone = { name: 'Room', position: { x: 0, y: 0 }, rows: [row('A', 0), row('B', 30)], areas: [] };
  const plan = {
    name: 'Room',
    size: { width: 200, height: 100 },
    categories: [{ name: 'Stalls', color: '#4caf50' }],
    zones: [zone],
  };
  const { seatingPlan } = await shop.ok('POST', `/v1/venues/${venue.id}/seating-plans`, { plan });
  const { event } = await shop.ok('POST', '/v1/events', { title: 'Rehearsal', type: 'concert' });
  const startsAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const terms = {
    prices: { Stalls: { amount: 2500, currency: 'EUR' } },
    holdTtlMs: 5000,
    offerTtlMs: 60_000,
    ticketsPerCustomer: 4,
  };
  const { show } = await shop.ok('POST', `/v1/events/${event.id}/shows`, {
    venueId: venue.id,
    seatingPlanId: seatingPlan.id,
    startsAt,
    ...terms,
  });
  await shop.ok('POST', `/v1/events/${event.id}/publish`, {}, {}, 200);
  tell('  Six seats, A-1 to B-3, at most four for each customer.');
  return `/v1/shows/${show.id}`;
}

async function race(shop: FrontEnd, tell: Tell, show: string): Promise<void> {
  const ask = (customerId: string, seats: string[]) =>
    shop.send('POST', `${show}/holds`, { customerId, seats });
  const answers = await Promise.all([ask('ann', ['A-1']), ask('bob', ['A-1'])]);
  const winners = answers.filter((a) => a.status === 201);
  const losers = answers.filter((a) => a.status === 409);
  assert.deepEqual([winners.length, losers.length], [1, 1]);
  const winner = winners[0]!.body.hold;
  tell(
    `  Ann and Bob ask for A-1 at once: ${winner.customerId} has it, the other is told ${losers[0]!.body.code}.`,
  );
  const no = await shop.refused('SeatsUnavailable', 'POST', `${show}/holds`, {
    customerId: 'cat',
    seats: ['A-1', 'A-2'],
  });
  assert.deepEqual(no.seats, ['A-1']);
  const { hold } = await shop.ok('POST', `${show}/holds`, { customerId: 'dan', seats: ['A-2'] });
  tell('  Cat asks for A-1 and A-2: all or nothing, the refusal names A-1, and A-2 is still free for Dan.');
  for (const id of [winner.id, hold.id]) await shop.ok('DELETE', `${show}/holds/${id}`);
}

async function limit(shop: FrontEnd, tell: Tell, show: string): Promise<void> {
  const no = await shop.refused('TicketLimitExceeded', 'POST', `${show}/holds`, {
    customerId: 'ann',
    seats: ['A-1', 'A-2', 'A-3', 'B-1', 'B-2'],
  });
  assert.deepEqual([no.limit, no.held], [4, 0]);
  tell('  Five for Ann are refused: the limit is four.');
}

async function lapse(shop: FrontEnd, tell: Tell, show: string): Promise<void> {
  const { hold } = await shop.ok('POST', `${show}/holds`, { customerId: 'ann', seats: ['A-1'] });
  await sleep(Math.max(0, Date.parse(hold.until) - Date.now()));
  await shop.refused('HoldExpired', 'POST', `${show}/holds/${hold.id}/confirm`, {});
  const { hold: next } = await shop.ok('POST', `${show}/holds`, { customerId: 'bob', seats: ['A-1'] });
  tell(`  Ann holds A-1 until ${hold.until} and comes too late: HoldExpired. Bob has it at once.`);
  await shop.ok('DELETE', `${show}/holds/${next.id}`);
}

/** Gives the position of its last command. */
async function line(shop: FrontEnd, tell: Tell, show: string): Promise<string> {
  const bookings: string[] = [];
  for (const seat of ['A-1', 'A-2', 'A-3', 'B-1', 'B-2', 'B-3']) {
    const { hold } = await shop.ok('POST', `${show}/holds`, { customerId: `owner-${seat}`, seats: [seat] });
    bookings.push((await shop.ok('POST', `${show}/holds/${hold.id}/confirm`, {})).booking.id);
  }
  const names = ['eve', 'fay', 'gil'];
  const entries: string[] = [];
  for (const customerId of names) {
    const { entry } = await shop.ok('POST', `${show}/waitlist`, {
      customerId,
      categoryId: 'Stalls',
      quantity: 1,
    });
    assert.equal(entry.ahead, entries.length);
    entries.push(entry.id);
  }
  tell('  All six are sold. Eve, Fay and Gil stand in line: 0, 1 and 2 ahead of them.');
  const status = async (id: string) => (await shop.get(`${show}/waitlist/${id}`)).entry.status;
  for (let i = 0; i < 2; i += 1) {
    await shop.ok('POST', `${show}/bookings/${bookings[i]}/cancel`, { reason: 'ill' }, {}, 200);
    const now = await Promise.all(entries.map(status));
    assert.deepEqual(
      now,
      names.map((_, k) => (k <= i ? 'offered' : 'waiting')),
    );
    tell(
      `  A booking is cancelled: ${names[i]} is offered the seat in the same decision; the line now reads ${now.join(', ')}.`,
    );
  }
  await shop.refused('SeatsUnavailable', 'POST', `${show}/holds`, {
    customerId: 'eve',
    seats: ['A-1', 'A-2'],
  });
  const { entry } = await shop.get(`${show}/waitlist/${entries[0]}`);
  const { booking } = await shop.ok('POST', `${show}/holds/${entry.offer.holdId}/confirm`, {});
  assert.deepEqual(booking.seats, entry.offer.seats);
  await shop.ok('DELETE', `${show}/waitlist/${entries[1]}`);
  assert.deepEqual(await Promise.all(entries.map(status)), ['taken', 'declined', 'offered']);
  tell(`  Eve takes ${booking.seats[0]}. Fay declines, and what she was offered is Gil's at that moment.`);
  return (await shop.ok('DELETE', `${show}/waitlist/${entries[2]}`)).position;
}

async function retry(shop: FrontEnd, tell: Tell, show: string, position: string): Promise<void> {
  const key = { 'idempotency-key': randomUUID() };
  const page = await shop.get(show, position);
  assert.equal(page.show.categories[0].free, 1);
  const ask = { customerId: 'hal', bestAvailable: { categoryId: 'Stalls', quantity: 1 } };
  const first = await shop.send('POST', `${show}/holds`, ask, key);
  const again = await shop.send('POST', `${show}/holds`, ask, key);
  assert.deepEqual([first.status, again.status, first.replayed, again.replayed], [201, 201, false, true]);
  assert.equal(again.body.hold.id, first.body.hold.id);
  const other = await shop.send(
    'POST',
    `${show}/holds`,
    { ...ask, bestAvailable: { categoryId: 'Stalls', quantity: 2 } },
    key,
  );
  assert.equal(other.body.code, 'IdempotencyKeyReused');
  tell(
    "  Hal's request is sent twice with one key: one hold, the second answer says it is a replay. Another body: IdempotencyKeyReused.",
  );
}
