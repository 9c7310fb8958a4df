// Whatever append of a use case fails, and however: a new process that is sent the same command ends where an
// undisturbed one would have.
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/commands/command.ts';
import { accepted, CatalogueHouse, context } from '../support/catalogue-house.ts';
import type { Mishap } from '../support/unruly-log.ts';

type UseCase = (house: CatalogueHouse) => Promise<() => Promise<Outcome<unknown>>>;

const scheduleInPublished: UseCase = async (house) => {
  const eventId = await house.event();
  accepted(await house.catalogue.publishEvent(eventId, context()));
  const [request, command] = [await house.request(), context()];
  return () => house.catalogue.scheduleShow(eventId, request, command);
};

const onThreeShows =
  (begin: (house: CatalogueHouse, eventId: string) => Promise<() => Promise<Outcome<unknown>>>): UseCase =>
  async (house) => {
    const eventId = await house.event();
    for (let i = 0; i < 3; i += 1) await house.show(eventId);
    return begin(house, eventId);
  };

const publish: UseCase = onThreeShows(async (house, eventId) => {
  const command = context();
  return () => house.catalogue.publishEvent(eventId, command);
});
const cancel: UseCase = onThreeShows(async (house, eventId) => {
  const command = context();
  return () => house.catalogue.cancelEvent(eventId, 'ill', command);
});
const unpublish: UseCase = onThreeShows(async (house, eventId) => {
  accepted(await house.catalogue.publishEvent(eventId, context()));
  const command = context();
  return () => house.catalogue.unpublishEvent(eventId, 'offline', command);
});
const publishAgain: UseCase = onThreeShows(async (house, eventId) => {
  accepted(await house.catalogue.publishEvent(eventId, context()));
  accepted(await house.catalogue.unpublishEvent(eventId, 'offline', context()));
  const command = context();
  return () => house.catalogue.publishEvent(eventId, command);
});

/** Every event of the log in the order of its streams: type and data, ids left out. */
async function toldBy(house: CatalogueHouse): Promise<string[]> {
  const events = await house.log.inner.readAll(0, 1_000);
  return events.map(({ type, stream }) => `${stream.split('-')[0]} ${type}`).sort();
}

const APPENDS_MAX = 12;
const MISHAPS: Mishap[] = ['refused', 'lost', 'unheard'];

describe.each(Object.entries({ scheduleInPublished, publish, cancel, unpublish, publishAgain }))(
  '%s',
  (_, useCase) => {
    test.each(MISHAPS)(
      'ends as if nothing had happened when an append is %s and it is sent again',
      async (mishap) => {
        const undisturbed = new CatalogueHouse();
        accepted(await (await useCase(undisturbed))());
        const expected = await toldBy(undisturbed);
        for (let before = 0; before < APPENDS_MAX; before += 1) {
          const house = new CatalogueHouse();
          const run = await useCase(house);
          house.log.mishaps = [...Array.from({ length: before }, () => null), mishap];
          await run().catch(() => 'a fault');
          house.restart();
          const outcome = accepted(await run());
          expect(await toldBy(house), `append ${before + 1}`).toEqual(expected);
          const again = accepted(await run());
          expect(again).toMatchObject({ replayed: true, changed: false, value: outcome.value });
          expect(await toldBy(house)).toEqual(expected);
        }
      },
    );
  },
);
