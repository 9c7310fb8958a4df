// The event log on EventStoreDB when the server is killed, when another node of a cluster takes the lead, and who is let in.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import { StartRefused } from '../../../src/ports/start-refused.ts';
import { eventsOf, newEvents, newStream } from '../../contracts/event-log/sample-events.ts';
import { borneOut, followed, writeUntilStopped } from '../../contracts/event-log/through-crashes.ts';
import { spawnStandIn } from '../../support/eventstoredb/stand-in-process.ts';
import { temporaryFolder } from '../../support/temp-folder.ts';
import { faultyEventStore, openForTest } from './under-test.ts';

describe('kill -9 of the server', () => {
  test('loses nothing acknowledged; unknown outcomes are settled by reading, and the log goes on by itself', async () => {
    const server = await spawnStandIn(temporaryFolder());
    onTestFinished(() => server.kill());
    const { log } = openForTest(server.url);
    const seen = followed(log);
    const writing = new AbortController();
    const writers = Array.from({ length: 6 }, () => writeUntilStopped(log, writing.signal));
    for (let round = 0; round < 3; round += 1) {
      await sleep(500);
      await server.kill();
      const written = seen.length;
      await server.restart();
      await expect.poll(() => seen.length).toBeGreaterThan(written + 20);
    }
    writing.abort();
    await borneOut(log, seen, await Promise.all(writers));
  });
});

describe('a cluster of three', () => {
  test('is found by any of its nodes, and its leader is asked', async () => {
    const { standIn, open } = await faultyEventStore({ nodes: 3 });
    standIn.elect(2);
    const discover = `esdb+discover://127.0.0.1:${standIn.nodes[0]!.port}?tls=false`;
    for (const url of [standIn.url, discover]) {
      const { log } = open(url);
      expect(await log.append(newStream(), NO_STREAM, newEvents(1))).toMatchObject({ kind: 'appended' });
    }
    expect(standIn.nodes.map(({ calls }) => calls.get('Append') ?? 0)).toEqual([0, 0, 2]);
  });

  test('changes its leader while six processes write: nothing is lost, doubled or reversed', async () => {
    const { standIn, open } = await faultyEventStore({ nodes: 3 });
    const { log } = open();
    const seen = followed(log);
    const writing = new AbortController();
    const writers = Array.from({ length: 6 }, (_, n) =>
      writeUntilStopped(n % 2 ? log : open().log, writing.signal),
    );
    for (const leader of [1, 2, 0, 2]) {
      await sleep(300);
      standIn.faults.plan(
        { on: 'append', does: 'not-leader' },
        { on: 'append', does: 'cut', after: 'writing' },
      );
      standIn.elect(leader);
      const written = seen.length;
      await expect.poll(() => seen.length).toBeGreaterThan(written + 20);
    }
    writing.abort();
    await borneOut(log, seen, await Promise.all(writers));
    expect(standIn.nodes.every(({ calls }) => (calls.get('Append') ?? 0) > 0)).toBe(true);
  });

  test('goes on when its leader is gone', async () => {
    const { standIn, open } = await faultyEventStore({ nodes: 3 });
    const { log } = open();
    const stream = newStream();
    await log.append(stream, NO_STREAM, newEvents(1));
    await standIn.nodes[0]!.stop();
    standIn.elect(1);
    expect(await log.append(stream, 0, newEvents(1))).toMatchObject({ kind: 'appended', revision: 1 });
    expect(await log.append(stream, 1, [])).toMatchObject({ kind: 'appended', revision: 1 });
    expect(await eventsOf(log, stream)).toHaveLength(2);
  });
});

describe('user, password and TLS', () => {
  const file = (name: string) => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
  const tls = { key: readFileSync(file('loopback-key.pem')), cert: readFileSync(file('loopback-cert.pem')) };
  const user = { name: 'fairseat', password: 'p@ss word' };
  const ca = `?tls=true&tlsCAFile=${encodeURIComponent(file('loopback-cert.pem'))}`;

  test('come from the connection string', async () => {
    const { standIn, open } = await faultyEventStore({ tls, user });
    const at = `127.0.0.1:${standIn.nodes[0]!.port}`;
    const { log, snapshots } = open(`esdb://fairseat:p%40ss%20word@${at}${ca}`);
    const stream = newStream();
    expect(await log.append(stream, NO_STREAM, newEvents(2))).toMatchObject({ kind: 'appended' });
    expect(await eventsOf(log, stream)).toHaveLength(2);
    await snapshots.save(stream, { revision: 1, version: 1, state: 'x' });
    expect(await snapshots.load(stream)).toMatchObject({ state: 'x' });
  });

  test.for([
    [
      'a wrong password',
      (at: string) => `esdb://fairseat:wrong@${at}${ca}`,
      /does not let us.*EVENTSTORE_URL/,
    ],
    ['no user', (at: string) => `esdb://${at}${ca}`, /does not let us.*EVENTSTORE_URL/],
    [
      'a certificate that nobody vouches for',
      (at: string) => `esdb://fairseat:wrong@${at}?tls=true`,
      /self-signed/,
    ],
  ] as const)('%s is told as what it is', async ([, url, message]) => {
    const { standIn, open } = await faultyEventStore({ tls, user });
    const { log } = open(url(`127.0.0.1:${standIn.nodes[0]!.port}`));
    const denied = {
      name: 'Fault',
      code: 'EventLogUnavailable',
      outcome: 'none',
      message: expect.stringMatching(message),
    };
    await expect(log.append(newStream(), NO_STREAM, newEvents(1))).rejects.toMatchObject(denied);
    await expect(log.lastPosition()).rejects.toMatchObject(denied);
  });

  test.for(['postgres://a/b', 'esdb://', 'nonsense'])('%s is refused at once', (url) => {
    expect(() => openForTest(url)).toThrow(StartRefused);
  });
});
