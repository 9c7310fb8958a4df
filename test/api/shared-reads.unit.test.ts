// Public reads are made once for all who ask the same at the same moment (docs/decisions/0084).
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Reads } from '../../src/api/answer/reads.ts';
import { SharedReads } from '../../src/api/answer/shared-reads.ts';
import type { Query } from '../../src/queries/query.ts';

const MOMENT_MS = 50;

let nowMs: number;
let position: number;
let runs: number;
let reads: Reads;
/** Ends the query that is under way. */
let finish: (error?: Error) => void;

beforeEach(() => {
  nowMs = 1_000;
  position = 7;
  runs = 0;
  const positions = { positionOf: () => position, waitFor: async () => position };
  reads = new Reads({} as never, positions, { steady: () => nowMs });
});

const query: Query<{ readonly includeDrafts?: boolean }, number> = {
  restsOn: ['events'],
  run: () => {
    const run = (runs += 1);
    return new Promise((resolve, reject) => {
      finish = (error) => (error ? reject(error) : resolve(run));
    });
  },
};

const reply = { header: () => reply } as unknown as FastifyReply;
const ask = async (
  url: string,
  params: { includeDrafts?: boolean } = {},
  bodyOf = (run: number): string => `${run}`,
): Promise<unknown> => {
  const request = { url, headers: {} } as unknown as FastifyRequest;
  const toRead = (run: number) => ({ body: bodyOf(run), etag: `"${run}"` });
  return (await reads.page(request, reply, query, params, toRead)).body;
};

/** Once the question has come to the query. */
async function answeredBy(...asking: Promise<unknown>[]): Promise<unknown[]> {
  await new Promise((resolve) => setImmediate(resolve));
  finish();
  return Promise.all(asking);
}

test('who asks while an answer is made, or a moment later, gets the same', async () => {
  expect(await answeredBy(ask('/v1/events'), ask('/v1/events'), ask('/v1/events'))).toEqual(['1', '1', '1']);
  nowMs += MOMENT_MS;
  expect(await ask('/v1/events')).toBe('1');
});

test('an answer that takes long is not made twice at one time', async () => {
  const first = ask('/v1/events');
  await new Promise((resolve) => setImmediate(resolve));
  nowMs += 10 * MOMENT_MS;
  expect(await answeredBy(first, ask('/v1/events'))).toEqual(['1', '1']);
});

test('after a moment it is made anew', async () => {
  await answeredBy(ask('/v1/events'));
  nowMs += MOMENT_MS + 1;
  expect(await answeredBy(ask('/v1/events'))).toEqual(['2']);
});

test('once the view has moved it is made anew', async () => {
  await answeredBy(ask('/v1/events'));
  position += 1;
  expect(await answeredBy(ask('/v1/events'))).toEqual(['2']);
});

test('another URL, or drafts too, is another question', async () => {
  await answeredBy(ask('/v1/events'));
  expect(await answeredBy(ask('/v1/events?limit=1'))).toEqual(['2']);
  expect(await answeredBy(ask('/v1/events', { includeDrafts: true }))).toEqual(['3']);
  expect(await ask('/v1/events', { includeDrafts: false })).toBe('1');
});

test('what fails is told to all who waited for it, and not kept', async () => {
  const asking = [ask('/v1/events'), ask('/v1/events')];
  await new Promise((resolve) => setImmediate(resolve));
  finish(new Error('lost'));
  for (const { status, reason } of (await Promise.allSettled(asking)) as PromiseRejectedResult[])
    expect([status, (reason as Error).message]).toEqual(['rejected', 'lost']);
  expect(await answeredBy(ask('/v1/events'))).toEqual(['2']);
});

test('long answers push out what was asked for longest ago, and one that is longer than all of them is not kept', async () => {
  const long = (): string => 'x'.repeat(1_000_000);
  for (let page = 1; page <= 20; page += 1) await answeredBy(ask(`/v1/events?limit=${page}`, {}, long));
  expect(await ask('/v1/events?limit=20')).toBe(long());
  expect(await answeredBy(ask('/v1/events?limit=1'))).toEqual(['21']);
  const endless = (): string => 'x'.repeat(20_000_000);
  await answeredBy(ask('/v1/locations', {}, endless));
  expect(await answeredBy(ask('/v1/locations'))).toEqual(['23']);
});

test('an answer that was long in the making does not come back after a newer one', async () => {
  const slow = ask('/v1/events');
  await new Promise((resolve) => setImmediate(resolve));
  const finishSlow = finish;
  for (let page = 1; page <= 200; page += 1) await answeredBy(ask(`/v1/events?limit=${page}`));
  expect(await answeredBy(ask('/v1/events'))).toEqual(['202']);
  finishSlow();
  expect(await slow).toBe('1');
  expect(await ask('/v1/events')).toBe('202');
});

test('in whatever order answers are made, nobody gets one older than a moment or of another question, and none is made twice at one time', async () => {
  const asking = fc.record({ key: fc.constantFrom('a', 'b'), passMs: fc.nat(40), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(asking, { minLength: 1, maxLength: 15 }),
      async (scheduler, all) => {
        let atMs = 1; // 0 is no time to lru-cache
        const shared = new SharedReads({ steady: () => atMs });
        const making = new Map<string, number>();
        const make = async (key: string, fails: boolean) => {
          making.set(key, (making.get(key) ?? 0) + 1);
          expect(making.get(key)).toBe(1);
          const body = `${key} ${atMs}`;
          try {
            // As a database answers: at some moment, in any order.
            await scheduler.schedule(Promise.resolve());
          } finally {
            making.set(key, making.get(key)! - 1);
          }
          if (fails) throw new Error(body);
          return { body, etag: '"1"', madeAtMs: atMs };
        };
        const asked = all.map(async ({ key, passMs, fails }) => {
          await scheduler.schedule(Promise.resolve());
          atMs += passMs;
          const askedAtMs = atMs;
          const answer = await shared
            .of(key, () => make(key, fails))
            .catch((error: Error) => ({ body: error.message }));
          expect(String(answer.body).split(' ')[0]).toBe(key);
          if ('madeAtMs' in answer)
            expect(answer.madeAtMs as number).toBeGreaterThanOrEqual(askedAtMs - MOMENT_MS);
        });
        await scheduler.waitFor(Promise.all(asked));
      },
    ),
    { numRuns: 500 },
  );
});
