// What everybody polls: the map of 20,000 seats, a show's page, the list of events; as 200 and as 304, beside a bare
// Fastify GET of as many bytes. One hold is made for each 10,000 reads, and how old what is read may be is measured.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Scenario } from './harness/bench.ts';
import { call, makeHall, makeShow } from './harness/hall.ts';
import { request } from './harness/load.ts';
import { metered } from './harness/metered.ts';
import { startEngine, startPostgres, startServer, type Server } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const CONNECTIONS = 64;
const READS_FOR_ONE_WRITE = 10_000;
const SEATS = 20_000;

const ASKED = { ok: 0.85, unchanged: 0.92 };

interface Page {
  readonly what: string;
  readonly path: string;
}

export const browse: Scenario = {
  what: 'reads of the map, a page and the list, 200 and 304',
  async run(bench) {
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    const bare = await startServer(['bench/baselines/bare-fastify.ts']);
    try {
      const hall = await makeHall(engine.url, SEATS);
      const showId = await makeShow(engine.url, hall);
      const pages: Page[] = [
        {
          what: `map of ${SEATS.toLocaleString('en')} seats`,
          path: `/v1/shows/${showId}/availability`,
        },
        { what: 'page of a show', path: `/v1/shows/${showId}` },
        { what: 'list of events', path: '/v1/events' },
      ];
      await checkMap(engine.url + pages[0]!.path);
      const writer = writesBeside(engine.url, showId, hall.seatIds);
      for (const page of pages) {
        await raceReads(bench, { engine, bare, page, writer, unchanged: false });
        await raceReads(bench, { engine, bare, page, writer, unchanged: true });
      }
      bench.report.figure({
        title: 'Browse',
        what: 'from the acknowledgement of a hold to a map that has it, under reads, p99',
        unit: 'ms',
        disk: bench.disk.name,
        value: spread([percentile(writer.agesMs, 0.99)]),
        asked: { atMost: 100 },
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
  readonly agesMs: number[];
  write(times: number): Promise<void>;
}

/** Holds one seat after another, and looks how long the map takes to have it. */
function writesBeside(url: string, showId: string, seatIds: readonly string[]): Writer {
  const agesMs: number[] = [];
  let next = 0;
  return {
    agesMs,
    async write(times) {
      for (let i = 0; i < times; i += 1) {
        await sleep(50);
        const seat = seatIds[next++]!;
        const { revision } = await call(url, 'POST', `/v1/shows/${showId}/holds`, {
          customerId: `w${next}`,
          seats: [seat],
        });
        const heldAt = performance.now();
        while ((await revisionOfMap(url, showId)) < revision) await sleep(1);
        agesMs.push(performance.now() - heldAt);
      }
    },
  };
}

async function revisionOfMap(url: string, showId: string): Promise<number> {
  const map = (await (await fetch(`${url}/v1/shows/${showId}/availability`)).json()) as { revision: number };
  return map.revision;
}
