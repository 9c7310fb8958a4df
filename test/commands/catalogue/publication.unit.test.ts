import { describe, expect, test } from 'vitest';
import { accepted, CatalogueHouse, context, GHOST, refusalOf } from '../support/catalogue-house.ts';

async function eventWithShows(count: number) {
  const house = new CatalogueHouse();
  const eventId = await house.event();
  const showIds: string[] = [];
  for (let i = 0; i < count; i += 1) showIds.push(await house.show(eventId));
  const statuses = () => Promise.all(showIds.map((id) => house.statusOfShow(id)));
  return { house, catalogue: house.catalogue, eventId, showIds, statuses };
}

describe('publishing an event', () => {
  test('puts all of its shows on sale; the position is that of the last', async () => {
    const { house, catalogue, eventId, showIds, statuses } = await eventWithShows(20);
    const { value, revision, position } = accepted(await catalogue.publishEvent(eventId, context()));
    expect([value.status, revision]).toEqual(['published', 21]);
    expect(new Set(await statuses())).toEqual(new Set(['onSale']));
    const positions = await Promise.all(
      showIds.map(async (id) => (await house.events(`show-${id}`)).at(-1)!.position),
    );
    expect(position).toBe(Math.max(...positions));
  });

  test('again changes nothing; of one that is not there or cancelled is refused', async () => {
    const { catalogue, eventId } = await eventWithShows(1);
    accepted(await catalogue.publishEvent(eventId, context()));
    expect(accepted(await catalogue.publishEvent(eventId, context())).changed).toBe(false);
    expect(refusalOf(await catalogue.publishEvent(GHOST, context()))).toBe('EventNotFound');
    accepted(await catalogue.cancelEvent(eventId, 'ill', context()));
    expect(refusalOf(await catalogue.publishEvent(eventId, context()))).toBe('EventCancelled');
  });

  test('passes by a show that is cancelled, and one that never began', async () => {
    const { house, catalogue, eventId, showIds, statuses } = await eventWithShows(2);
    await house.tell(showIds[0]!, { kind: 'CancelShow', reason: 'ill' });
    house.log.mishaps = [null, null, null, null, null, 'refused'];
    await expect(house.show(eventId)).rejects.toThrow('refused');
    house.log.mishaps = [];
    accepted(await catalogue.publishEvent(eventId, context()));
    expect(await statuses()).toEqual(['cancelled', 'onSale']);
  });

  test('is a replay when it is retried, as things stand now', async () => {
    const { catalogue, eventId, statuses } = await eventWithShows(1);
    const command = context();
    accepted(await catalogue.publishEvent(eventId, command));
    accepted(await catalogue.cancelEvent(eventId, 'ill', context()));
    const again = accepted(await catalogue.publishEvent(eventId, command));
    expect(again).toMatchObject({ replayed: true, value: { status: 'cancelled' } });
    expect(await statuses()).toEqual(['cancelled']);
    expect(refusalOf(await catalogue.publishEvent(eventId, { ...command, requestHash: 'x' }))).toBe(
      'IdempotencyKeyReused',
    );
  });

  test('tells its shows in the name of who published it', async () => {
    const { house, catalogue, eventId, showIds } = await eventWithShows(1);
    const command = context({ actor: 'client:opera', correlationId: 'request-9', traceparent: 'trace' });
    accepted(await catalogue.publishEvent(eventId, command));
    const { metadata } = (await house.events(`show-${showIds[0]}`)).at(-1)!;
    expect(metadata).toMatchObject({
      actor: 'client:opera',
      correlationId: 'request-9',
      causationId: command.commandId,
    });
  });
});

describe('taking an event off view', () => {
  test('pauses its shows; publishing it again resumes them', async () => {
    const { catalogue, eventId, statuses } = await eventWithShows(2);
    accepted(await catalogue.publishEvent(eventId, context()));
    expect(accepted(await catalogue.unpublishEvent(eventId, 'offline', context())).value.status).toBe(
      'draft',
    );
    expect(await statuses()).toEqual(['paused', 'paused']);
    accepted(await catalogue.publishEvent(eventId, context()));
    expect(await statuses()).toEqual(['onSale', 'onSale']);
  });

  test('and publishing it again leaves alone what an organiser had paused himself', async () => {
    const { house, catalogue, eventId, showIds, statuses } = await eventWithShows(2);
    accepted(await catalogue.publishEvent(eventId, context()));
    await house.tell(showIds[0]!, { kind: 'PauseSales', reason: 'a leak' });
    accepted(await catalogue.unpublishEvent(eventId, 'offline', context()));
    accepted(await catalogue.publishEvent(eventId, context()));
    expect(await statuses()).toEqual(['paused', 'onSale']);
  });

  test('of a draft changes nothing', async () => {
    const { catalogue, eventId, statuses } = await eventWithShows(1);
    expect(accepted(await catalogue.unpublishEvent(eventId, 'offline', context())).changed).toBe(false);
    expect(await statuses()).toEqual(['draft']);
  });

  test('and publishing it are not done again by old retries', async () => {
    const { house, catalogue, eventId, showIds, statuses } = await eventWithShows(1);
    const [publish, unpublish, again] = [context(), context(), context()];
    accepted(await catalogue.publishEvent(eventId, publish));
    accepted(await catalogue.unpublishEvent(eventId, 'offline', unpublish));
    accepted(await catalogue.publishEvent(eventId, again));
    await house.tell(showIds[0]!, { kind: 'PauseSales', reason: 'a leak' });
    for (const command of [publish, again])
      expect(accepted(await catalogue.publishEvent(eventId, command)).replayed).toBe(true);
    expect(await statuses()).toEqual(['paused']);
    await house.tell(showIds[0]!, { kind: 'ResumeSales', reason: 'mended' });
    expect(accepted(await catalogue.unpublishEvent(eventId, 'offline', unpublish)).replayed).toBe(true);
    expect(await statuses()).toEqual(['onSale']);
  });
});

describe('cancelling an event', () => {
  test('cancels its shows and no others', async () => {
    const { house, catalogue, eventId, statuses } = await eventWithShows(3);
    const other = await house.show(await house.event());
    const { value } = accepted(await catalogue.cancelEvent(eventId, 'ill', context()));
    expect(value.status).toBe('cancelled');
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await house.statusOfShow(other)).toBe('draft');
  });

  test('again changes nothing', async () => {
    const { house, catalogue, eventId, showIds } = await eventWithShows(1);
    accepted(await catalogue.cancelEvent(eventId, 'ill', context()));
    expect(accepted(await catalogue.cancelEvent(eventId, 'ill', context())).changed).toBe(false);
    expect(await house.typesIn(`show-${showIds[0]}`)).toEqual(['ShowScheduled', 'ShowCancelled']);
  });

  test('is finished although its deadline passes on the way', async () => {
    const { house, catalogue, eventId, statuses } = await eventWithShows(2);
    const command = context({ deadlineMs: house.clock.now() });
    house.log.beforeAppend = async () => void (house.clock.nowMs += 10_000);
    accepted(await catalogue.cancelEvent(eventId, 'ill', command));
    expect(await statuses()).toEqual(['cancelled', 'cancelled']);
  });
});
