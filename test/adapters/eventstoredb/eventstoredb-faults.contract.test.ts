// The event log on EventStoreDB when answers are lost, connections break and leaders change. These faults cannot be asked
// of a real server, so this always runs on the stand-in.
import { expect, describe, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import { eventsOf, idsOf, newEvent, newEvents, newStream } from '../../contracts/event-log/sample-events.ts';
import { followed } from '../../contracts/event-log/through-crashes.ts';
import type { StandInFault } from '../../support/eventstoredb/faults.ts';
import { faultyEventStore, openForTest } from './under-test.ts';

/** Calls are given five seconds and one of grace; the rest is for a busy machine. */
const SOON_MS_MAX = 20_000;
const none = { name: 'Fault', code: 'EventLogUnavailable', outcome: 'none' };

describe('an append whose answer is lost', () => {
  test.for<[string, Omit<StandInFault, 'on'>]>([
    ['as the connection breaks after it was written', { does: 'cut', after: 'writing' }],
    ['as the connection breaks before it was written', { does: 'cut' }],
    ['as the server stops being ready after it was written', { does: 'unavailable', after: 'writing' }],
    ['as the server is not ready', { does: 'unavailable' }],
    ['as the server itself waited too long', { does: 'timeout', after: 'writing' }],
  ])('%s is sent again, written once and seen once', async ([, fault]) => {
    const { standIn, open } = await faultyEventStore();
    const { log } = open();
    const seen = followed(log);
    const stream = newStream();
    const events = newEvents(3);
    await log.append(stream, NO_STREAM, events.slice(0, 1));
    standIn.faults.plan({ on: 'append', stream, ...fault });
    const answer = await log.append(stream, 0, events.slice(1));
    const stored = await eventsOf(log, stream);
    expect(answer).toEqual({ kind: 'appended', revision: 2, position: stored[2]!.position });
    expect(idsOf(stored)).toEqual(idsOf(events));
    expect(standIn.faults.happened).toHaveLength(1);
    await expect.poll(() => idsOf(seen)).toEqual(idsOf(events));
  });

  test('whose place another process took meanwhile is a conflict, not a repetition', async () => {
    const { standIn, open } = await faultyEventStore();
    const [{ log }, { log: other }] = [open(), open()];
    const stream = newStream();
    await log.append(stream, NO_STREAM, newEvents(1));
    const taken = Promise.withResolvers<void>();
    standIn.faults.plan({ on: 'append', stream, does: 'unavailable', until: taken.promise });
    const append = log.append(stream, 0, newEvents(2));
    await expect.poll(() => standIn.faults.happened).toHaveLength(1);
    expect(await other.append(stream, 0, newEvents(1))).toMatchObject({ kind: 'appended' });
    taken.resolve();
    expect(await append).toEqual({ kind: 'conflict', revision: 1 });
    expect(await eventsOf(log, stream)).toHaveLength(2);
  });

  test.for([
    ['written', 'writing'],
    ['not written', undefined],
  ] as const)('for good, %s, is said to be unknown, and not only after minutes', async ([, after]) => {
    const { standIn, open } = await faultyEventStore();
    const { log } = open();
    const stream = newStream();
    const events = newEvents(2);
    standIn.faults.plan({ on: 'append', stream, does: 'silent', after });
    const askedAt = performance.now();
    await expect(log.append(stream, NO_STREAM, events)).rejects.toMatchObject({
      name: 'Fault',
      code: 'AppendUnknown',
      outcome: 'unknown',
    });
    expect(performance.now() - askedAt).toBeLessThan(SOON_MS_MAX);
    expect(await eventsOf(log, stream)).toHaveLength(after ? 2 : 0);
    expect(await log.append(stream, NO_STREAM, events)).toMatchObject({ kind: 'appended', revision: 1 });
    expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
  });

  test('does not hold up appends of other streams', async () => {
    const { standIn, open } = await faultyEventStore();
    const { log } = open();
    const silent = newStream();
    standIn.faults.plan({ on: 'append', stream: silent, does: 'silent' });
    const waiting = log.append(silent, NO_STREAM, newEvents(1)).catch((error: unknown) => error);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => log.append(newStream(), NO_STREAM, newEvents(1))),
    );
    expect(answers.every(({ kind }) => kind === 'appended')).toBe(true);
    expect(await waiting).toMatchObject({ code: 'AppendUnknown' });
  });
});

describe('an append that EventStoreDB cannot take', () => {
  test('is no Fault when it is too large, and leaves nothing behind', async () => {
    const { open } = await faultyEventStore({ maxAppendSize: 1024 * 1024 });
    const { log } = open();
    const stream = newStream();
    const failure = await log
      .append(stream, NO_STREAM, [newEvent({ text: 'x'.repeat(1_100_000) })])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'Error',
      message: expect.stringMatching(/Maximum Append Size.*Nothing was written/),
    });
    expect(await eventsOf(log, stream)).toEqual([]);
    expect(await log.append(stream, NO_STREAM, newEvents(1))).toMatchObject({ kind: 'appended' });
  });

  test('is a TypeError when its stream would be hidden among those of the server or of this adapter', async () => {
    const { open } = await faultyEventStore();
    const { log } = open();
    for (const stream of ['$show-1', '_show-1'])
      await expect(log.append(stream, NO_STREAM, newEvents(1))).rejects.toThrow(TypeError);
  });
});

describe('while EventStoreDB is away', () => {
  test('everything fails soon, saying that nothing was written', async () => {
    const { log, snapshots } = openForTest('esdb://127.0.0.1:1?tls=false');
    const askedAt = performance.now();
    const refused = { ...none, message: expect.stringContaining('ECONNREFUSED') };
    await Promise.all([
      expect(log.append(newStream(), NO_STREAM, newEvents(1))).rejects.toMatchObject(refused),
      expect(log.append(newStream(), NO_STREAM, [])).rejects.toMatchObject(refused),
      expect(eventsOf(log, newStream())).rejects.toMatchObject(refused),
      expect(log.readAll(0, 1)).rejects.toMatchObject(refused),
      expect(log.lastPosition()).rejects.toMatchObject(refused),
      expect(log.now()).rejects.toMatchObject(refused),
      expect(snapshots.load('show-1')).rejects.toMatchObject(refused),
      expect(snapshots.save('show-1', { revision: 1, version: 1, state: {} })).rejects.toMatchObject(refused),
    ]);
    expect(performance.now() - askedAt).toBeLessThan(SOON_MS_MAX);
  });

  test('and comes back, the log and its followers go on by themselves', async () => {
    const { standIn, open } = await faultyEventStore();
    const { log } = open();
    const seen = followed(log);
    const stream = newStream();
    await log.append(stream, NO_STREAM, newEvents(1));
    const [node] = standIn.nodes;
    await node!.stop();
    await expect(log.append(stream, 0, newEvents(1))).rejects.toMatchObject({ name: 'Fault' });
    await node!.start();
    const isBack = () =>
      log.append(stream, 0, newEvents(1)).then(
        () => true,
        () => false,
      );
    await expect.poll(isBack).toBe(true);
    const stored = await eventsOf(log, stream);
    await expect.poll(() => seen).toEqual(stored);
  });

  test('a closed log refuses appends, after those under way are done', async () => {
    const { open } = await faultyEventStore();
    const { log } = open();
    const waiting = log.append(newStream(), NO_STREAM, newEvents(1));
    await log.close();
    expect(await waiting).toMatchObject({ kind: 'appended' });
    await expect(log.append(newStream(), NO_STREAM, newEvents(1))).rejects.toMatchObject({
      code: 'ShuttingDown',
      outcome: 'none',
    });
  });
});

describe('reads', () => {
  test('are sent again when the connection breaks or the server is not ready', async () => {
    const { standIn, open } = await faultyEventStore();
    const { log } = open();
    const stream = newStream();
    await log.append(stream, NO_STREAM, newEvents(3));
    standIn.faults.plan({ on: 'read', does: 'unavailable' }, { on: 'read', does: 'cut' });
    expect(await eventsOf(log, stream)).toHaveLength(3);
    standIn.faults.plan({ on: 'read', does: 'unavailable' });
    expect(await log.append(stream, 2, [])).toMatchObject({ kind: 'appended', revision: 2 });
    expect(standIn.faults.pending).toBe(0);
  });

  test('that are never answered fail, and not only after minutes', async () => {
    const { standIn, open } = await faultyEventStore();
    const { log } = open();
    await log.append(newStream(), NO_STREAM, newEvents(1));
    standIn.faults.plan({ on: 'read', does: 'silent' });
    const askedAt = performance.now();
    await expect(log.lastPosition()).rejects.toMatchObject(none);
    expect(performance.now() - askedAt).toBeLessThan(SOON_MS_MAX);
    expect(await log.lastPosition()).toBeGreaterThan(0);
  });
});

describe('a subscription', () => {
  test.for<[string, Omit<StandInFault, 'on'>]>([
    ['that breaks after 3 events', { does: 'cut', after: 3 }],
    ['that is dropped after 3 events', { does: 'unavailable', after: 3 }],
    ['that ends after 3 events', { does: 'end', after: 3 }],
    ['that gives its events twice', { does: 'twice' }],
    ['that is refused at first', { does: 'unavailable' }],
  ])('%s gives each event once', async ([, fault]) => {
    const { standIn, open } = await faultyEventStore();
    const { log } = open();
    const stream = newStream();
    await log.append(stream, NO_STREAM, newEvents(6));
    standIn.faults.plan({ on: 'subscribe', ...fault }, { on: 'subscribe', ...fault });
    const seen = followed(log);
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(6);
    await log.append(stream, 5, newEvents(6));
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(12);
    expect(seen).toEqual(await eventsOf(log, stream));
    expect(standIn.faults.happened.length).toBeGreaterThan(0);
  });
});
