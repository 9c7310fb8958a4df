// The stand-in for EventStoreDB itself, asked by the client as it comes: what the other suites take for granted.
import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  WrongExpectedVersionError,
  type AppendToStreamOptions,
} from '@eventstore/db-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startStandIn, type StandInOptions } from '../../support/eventstoredb/stand-in.ts';
import { temporaryFolder } from '../../support/temp-folder.ts';

async function started(options: Partial<StandInOptions> = {}) {
  const folder = options.folder ?? temporaryFolder();
  const standIn = await startStandIn({ folder, ...options });
  const client = EventStoreDBClient.connectionString(standIn.url);
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= client.dispose().then(() => standIn.stop()));
  onTestFinished(stop);
  const append = (
    stream: string,
    ids: string[],
    expectedRevision: AppendToStreamOptions['expectedRevision'],
  ) =>
    client.appendToStream(
      stream,
      ids.map((id) => jsonEvent({ id, type: 'Happened', data: { id } })),
      { expectedRevision },
    );
  return { folder, standIn, client, append, stop };
}

const ids = (count: number): string[] => Array.from({ length: count }, () => crypto.randomUUID());

async function idsIn(client: EventStoreDBClient, stream: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { event } of client.readStream(stream)) found.push(event!.id);
  return found;
}

describe.each([
  ['BatchAppend', true],
  ['Append', false],
] as const)('the stand-in, by %s', (rpc, batchAppend) => {
  test('takes events at the expected revision only, and the same ones once', async () => {
    const { standIn, client, append } = await started({ batchAppend });
    const [first, second] = [ids(2), ids(3)];
    await append('show-1', first, NO_STREAM);
    const answer = await append('show-1', second, 1n);
    expect(answer).toMatchObject({ success: true, nextExpectedRevision: 4n });
    await expect(append('show-1', ids(1), 1n)).rejects.toMatchObject({
      expectedVersion: 1n,
      actualVersion: 4n,
    });
    await expect(append('show-1', ids(1), NO_STREAM)).rejects.toThrow(WrongExpectedVersionError);
    await expect(append('show-2', ids(1), 0n)).rejects.toMatchObject({ actualVersion: 'no_stream' });
    expect(await append('show-1', second, 1n)).toEqual(answer);
    expect(await append('show-1', first, NO_STREAM)).toMatchObject({ nextExpectedRevision: 1n });
    expect(await idsIn(client, 'show-1')).toEqual([...first, ...second]);
    expect(standIn.nodes[0]!.calls.get(rpc)).toBeGreaterThan(0);
  });
});

describe('the log of the stand-in', () => {
  test('is there again after a restart, without what was half written', async () => {
    const one = await started();
    const written = ids(5);
    await one.append('show-1', written, NO_STREAM);
    await one.stop();
    const file = join(one.folder, 'transactions.log');
    const whole = statSync(file).size;
    appendFileSync(file, Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5, 6]));
    const two = await started({ folder: one.folder });
    expect(statSync(file).size).toBe(whole);
    expect(await idsIn(two.client, 'show-1')).toEqual(written);
    await two.append('show-1', ids(1), 4n);
  });

  test('has positions with gaps and records of its own, and refuses a position where no record lies', async () => {
    const { client, append } = await started();
    for (let n = 0; n < 10; n += 1) await append(`show-${n}`, ids(1), NO_STREAM);
    const commits: bigint[] = [];
    const streams = new Set<string>();
    for await (const { event } of client.readAll()) {
      if (event === undefined) continue;
      commits.push(event.position.commit);
      streams.add(event.streamId);
    }
    expect(commits.every((commit, index) => index === 0 || commit > commits[index - 1]! + 1n)).toBe(true);
    expect([...streams].filter((stream) => stream.startsWith('$'))).toEqual([
      '$users',
      '$stats-127.0.0.1:2113',
    ]);
    const between = commits[3]! + 1n;
    const reading = client.readAll({ fromPosition: { commit: between, prepare: between } });
    await expect(Array.fromAsync(reading)).rejects.toThrow(/invalid position/);
  });

  test('shows of a stream no more than its $maxCount', async () => {
    const { client, append } = await started();
    await client.setStreamMetadata('show-1', { maxCount: 2 });
    const written = ids(5);
    await append('show-1', written, NO_STREAM);
    expect(await idsIn(client, 'show-1')).toEqual(written.slice(-2));
  });
});
