// What everybody polls: the map of 20,000 seats, a show's page, the list of events; as 200 and as 304, beside a bare
// Fastify GET of as many bytes. One hold is made for each 10,000 reads, and how old each of the three may be is measured: from
// the hold's acknowledgement to the first answer that has it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Scenario } from './harness/bench.ts';
import { call, makeHall, makeShows, untilProjected } from './harness/hall.ts';
import { request } from './harness/load.ts';
import { metered } from './harness/metered.ts';
import { startEngine, startPostgres, startServer, type Server } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const CONNECTIONS = 64;
const READS_FOR_ONE_WRITE = 10_000;
const SEATS = 20_000;

const ASKED = { ok: 0.85, unchanged: 0.92, ageMs: 100 };
const POLL_MS = 1;
/** No hold lapses meanwhile: whatever is read has exactly as many as were made. */
const LONG_MS = 6 * 3_600_000;
const PATIENCE_MS = 10_000;

// oxlint-disable-next-line typescript/no-explicit-any -- answers are read as a plain front end would
type Json = any;

interface Page {
  readonly what: string;
  readonly path: string;
  /** Seats that are not free, as an answer tells. */
  taken(answer: Json): number;
}

export const browse: Scenario = {
  what: 'reads of the map, a page and the list, 200 and 304',
  async run(bench) {
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    const bare = await startServer(['bench/baselines/bare-fastify.ts']);
    try {
      const hall = await makeHall(engine.url, SEATS);
      const [showId] = await makeShows(engine.url, hall, 1, { holdTtlMs: LONG_MS });
      await untilProjected(engine.url);
      const pages: Page[] = [
        {
          what: `map of ${SEATS.toLocaleString('en')} seats`,
          path: `/v1/shows/${showId}/availability`,
          taken: ({ seats }) => takenOn(Buffer.from(seats, 'base64')),
        },
        {
          what: 'page of a show',
          path: `/v1/shows/${showId}`,
          taken: ({ show }) => SEATS - show.categories[0].free,
        },
        {
          what: 'list of events',
          path: '/v1/events',
          taken: ({ data }) => SEATS - data.find((event: Json) => event.nextShow.id === showId).free,
        },
      ];
      await checkMap(engine.url + pages[0]!.path);
      const writer = writesBeside(engine.url, showId!, hall.seatIds, pages);
      for (const page of pages) {
        await raceReads(bench, { engine, bare, page, writer, unchanged: false });
        await raceReads(bench, { engine, bare, page, writer, unchanged: true });
      }
      for (const { what } of pages)
        bench.report.figure({
          title: 'Browse',
          what: `from the acknowledgement of a hold to a ${what} that has it, under reads, p99`,
          unit: 'ms',
          disk: bench.disk.name,
          value: spread([percentile(writer.agesMs.get(what)!, 0.99)]),
          asked: { atMost: ASKED.ageMs },
        });
    } finally {
      await engine.kill();
      await bare.kill();
      await postgres.stop();
    }
  },
};

async function checkMap(url: string): Promise<void> {
  const { seats, seatCount } = (await (await fetch(url)).json()) as { seats: string; seatCount: number };
  const bytes = Buffer.from(seats, 'base64').length;
  if (bytes !== SEATS / 4 || seatCount !== SEATS)
    throw new Error(`seats decodes to ${bytes} bytes for ${seatCount} seats`);
}

interface Reads {
  readonly engine: Server;
  readonly bare: Server;
  readonly page: Page;
  readonly writer: Writer;
  readonly unchanged: boolean;
}

async function raceReads(bench: Bench, { engine, bare, page, writer, unchanged }: Reads): Promise<void> {
  const amount = bench.quick ? 1_000 : 20_000;
  const status = unchanged ? 304 : 200;
  const side = (name: string, server: Server, path: string, etag: () => Promise<string>): Side => ({
    name,
    async run() {
      const headers: Record<string, string> = unchanged ? { 'if-none-match': await etag() } : {};
      const order = {
        url: server.url,
        connections: CONNECTIONS,
        requests: [request('GET', path, { headers })],
        amount,
      };
      const { measured, byStatus } = await metered({ server }, order);
      if (byStatus[status] !== amount) throw new Error(`${name} answered ${JSON.stringify(byStatus)}`);
      return measured;
    },
  });
  const first = await fetch(engine.url + page.path);
  const size = Buffer.byteLength(await first.text());
  await call(bare.url, 'POST', '/bytes', { size });
  const etagOf = async () => (await fetch(engine.url + page.path)).headers.get('etag')!;
  const reading = side('fairseat', engine, page.path, etagOf);
  const withWrites: Side = {
    name: 'fairseat',
    async run(round) {
      // A write changes the ETag: beside 304s there is none.
      const writing = unchanged ? undefined : writer.write(Math.ceil(amount / READS_FOR_ONE_WRITE));
      const measured = await reading.run(round);
      await writing;
      return measured;
    },
  };
  await race(bench, {
    title: `GET of the ${page.what}, ${unchanged ? 'not modified' : `${size} bytes`}, ${CONNECTIONS} connections`,
    unit: 'GET/s',
    sides: [withWrites, side('bare Fastify GET', bare, '/bytes', async () => '"1"')],
    asked: { 'bare Fastify GET': unchanged ? ASKED.unchanged : ASKED.ok },
  });
}

interface Writer {
  /** By page. */
  readonly agesMs: ReadonlyMap<string, number[]>;
  write(times: number): Promise<void>;
}

/** Holds one seat after another, and looks how long each page takes to have it. */
function writesBeside(
  url: string,
  showId: string,
  seatIds: readonly string[],
  pages: readonly Page[],
): Writer {
  const agesMs = new Map(pages.map(({ what }): [string, number[]] => [what, []]));
  let held = 0;
  return {
    agesMs,
    async write(times) {
      for (let i = 0; i < times; i += 1) {
        await sleep(50);
        const body = { customerId: `w${held}`, seats: [seatIds[held]!] };
        await call(url, 'POST', `/v1/shows/${showId}/holds`, body);
        const heldAt = performance.now();
        held += 1;
        const ages = pages.map((page) => ageOf(url, page, held, heldAt));
        for (const [n, ageMs] of (await Promise.all(ages)).entries()) agesMs.get(pages[n]!.what)!.push(ageMs);
      }
    },
  };
}

/** Until a page tells of `held` seats: of one less until then, of no other number ever. */
async function ageOf(url: string, page: Page, held: number, heldAt: number): Promise<number> {
  for (;;) {
    const answer = await fetch(url + page.path);
    const taken = answer.ok ? page.taken(await answer.json()) : NaN;
    const ageMs = performance.now() - heldAt;
    if (taken === held) return ageMs;
    if (taken !== held - 1 || ageMs > PATIENCE_MS)
      throw new Error(
        `the ${page.what}, ${held} seats held: ${answer.status} with ${taken} after ${ageMs} ms`,
      );
    await sleep(POLL_MS);
  }
}

/** Two bits a seat, 0 where it is free. */
function takenOn(map: Uint8Array): number {
  let taken = 0;
  for (const four of map) for (let at = 0; at < 8; at += 2) if (((four >> at) & 3) !== 0) taken += 1;
  return taken;
}
