// Large feeds are read on another thread, with the same outcome and without holding up this one.
import { expect, test } from 'vitest';
import { adaptProviderXml } from '../../../src/adapters/feeds/adapt-provider-xml.ts';
import { providerXml } from '../../../src/adapters/feeds/provider-xml.ts';
import { InvalidFeed } from '../../../src/ports/feed-source.ts';

const OPTIONS = { timeZone: 'Europe/Madrid', currency: 'EUR' };
const show = (id: number, start = '2021-06-30T21:00:00') =>
  `<base_event base_event_id="${id}" sell_mode="online" title="Camela"><event event_id="1" event_start_date="${start}" sold_out="false"><zone zone_id="40" capacity="243" price="20.00" name="Platea" numbered="true"/></event></base_event>`;
const feed = (shows: string[]) =>
  new TextEncoder().encode(`<eventList><output>${shows.join('')}</output></eventList>`);
const large = feed([
  ...Array.from({ length: 20_000 }, (_, id) => show(id)),
  show(20_000, '2021-09-31T20:00:00'),
]);

test('a large feed is read as a small one is', async () => {
  expect(await providerXml.adapt(large, OPTIONS)).toEqual(adaptProviderXml(large, OPTIONS));
});

/** Processor time of this thread, ms: what else the machine does meanwhile is not in it. */
const spentHere = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

test('while a large feed is read, this thread goes on', async () => {
  const started = spentHere();
  adaptProviderXml(large, OPTIONS);
  const readingHere = spentHere() - started;
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 5);
  const begun = spentHere();
  await providerXml.adapt(large, OPTIONS);
  const readingThere = spentHere() - begun;
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(0);
  expect(readingThere).toBeLessThan(readingHere * 0.7);
});

test('a large feed that is none is refused with the same sentence', async () => {
  const broken = new Uint8Array([
    ...feed(Array.from({ length: 3_000 }, (_, id) => show(id))),
    ...new TextEncoder().encode('<a>'),
  ]);
  await expect(providerXml.adapt(broken, OPTIONS)).rejects.toThrow(InvalidFeed);
  await expect(providerXml.adapt(broken, OPTIONS)).rejects.toThrow(/well-formed/);
});
