// A feed over HTTP is read with the time zone and the currency that its sender names.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

const FEED = `<eventList version="1.0"><output>
  <base_event base_event_id="291" sell_mode="online" title="Ninth Symphony">
    <event event_id="291" event_start_date="2099-05-01T21:00:00" event_end_date="2099-05-01T23:00:00"
        sell_from="2027-03-01T10:00:00" sell_to="2099-05-01T20:00:00" sold_out="false">
      <zone zone_id="40" capacity="243" price="25.00" name="Stalls" numbered="true" />
    </event>
  </base_event>
</output></eventList>`;
const headers = { 'content-type': 'application/xml' };

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const send = (query: string, idem?: string) =>
  engine.call('POST', `/v1/imports?${query}`, { body: FEED, headers, ...(idem && { idem }) });

async function importedShow(query: string, currency: string): Promise<Record<string, unknown>> {
  const { position } = await done(send(query), 200);
  const seen = { headers: { 'x-min-position': position, prefer: 'wait=10' } };
  const found = `/v1/events?from=2099-01-01&priceMin=1&currency=${currency}`;
  const { data } = await done(engine.call('GET', found, seen), 200);
  const { startsAt, venue } = data[0].nextShow;
  return { startsAt, timeZone: venue.timeZone, price: data[0].priceFrom };
}

test('local times and prices are those of the query', async () => {
  expect(await importedShow('source=tokyo&timeZone=Asia/Tokyo&currency=JPY', 'JPY')).toEqual({
    startsAt: '2099-05-01T12:00:00.000Z',
    timeZone: 'Asia/Tokyo',
    price: { amount: 25, currency: 'JPY' },
  });
});

test('without them, those of Madrid', async () => {
  expect(await importedShow('source=madrid', 'EUR')).toEqual({
    startsAt: '2099-05-01T19:00:00.000Z',
    timeZone: 'Europe/Madrid',
    price: { amount: 2500, currency: 'EUR' },
  });
});

test('one that is none is refused, and another one under the same key is another request', async () => {
  for (const bad of ['timeZone=Mars/Base', 'currency=XXQ', 'timeZone=', 'currency=eur'])
    expect((await send(`source=bad&${bad}`)).status, bad).toBe(400);
  await done(send('source=lisbon&timeZone=Europe/Lisbon', 'once'), 200);
  const other = await send('source=lisbon&timeZone=Europe/Madrid', 'once');
  expect([other.status, other.body.code]).toEqual([422, 'IdempotencyKeyReused']);
});
