// An ordinary evening: 1,000 shows, wanted as Zipf has it; 70 in a hundred commands are holds, 20 confirmations, 10
// cancellations. Beside it the plainest thing that Postgres does: one-row inserts, 32 clients. And what an idle show costs.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { commandIdOf } from '../src/commands/command-id.ts';
import { Chance } from '../src/demo/chance.ts';
import type { Bench, Scenario } from './harness/bench.ts';
import { eventsOf } from './harness/booking.ts';
import { AUTHORISED, makeHall, makeShows, untilProjected } from './harness/hall.ts';
import { request } from './harness/load.ts';
import { metered } from './harness/metered.ts';
import { startEngine, startPostgres, type BenchPostgres, type Server } from './harness/processes.ts';
import { rowByRow } from './harness/raw-sql.ts';
import { race, type Side } from './harness/rounds.ts';
import { spread } from './harness/spread.ts';

const CONNECTIONS = 128;
/** A confirmation follows its hold by so many requests at least: by then the hold has been answered. */
const APART = 4 * CONNECTIONS;
const SEED = 2;
const INSERTING_CLIENTS = 32;

export const steady: Scenario = {
  what: 'holds, confirmations and cancellations over 1,000 shows',
  bothDisks: true,
  async run(bench) {
    const shows = bench.quick ? 20 : 1_000;
    const postgres = await startPostgres(bench.disk);
    const databaseUrl = await postgres.database('engine');
    const engine = await startEngine(databaseUrl);
    try {
      const hall = await makeHall(engine.url, 20_000);
      const perShow: number[] = [];
      let showIds: string[] = [];
      // With the first lot the process itself grows: compiled code, connections, a heap of the size that it works with.
      for (let lot = 0; lot <= bench.rounds; lot += 1) {
        const before = memoryKb(engine);
        showIds = await makeShows(engine.url, hall, shows);
        await untilProjected(engine.url);
        perShow.push((memoryKb(engine) - before) / shows);
      }
      const clientId = await clientOf(databaseUrl);
      const evening = new Evening(showIds, hall.seatIds, clientId);
      await raceEvenings(bench, { engine, postgres, evening });
      const [first, ...later] = perShow;
      const memory = (what: string, value: number[], asked?: { atMost: number }) =>
        bench.report.figure({
          title: 'Steady',
          what: `memory (RSS) that each of ${shows} idle shows added, ${what}`,
          unit: 'kB',
          disk: bench.disk.name,
          value: spread(value),
          ...(asked && { asked }),
        });
      memory('of the first so many, and the process with them', [first!]);
      memory('of further ones', later, { atMost: 40 });
    } finally {
      await engine.kill();
      await postgres.stop();
    }
  },
};

async function raceEvenings(
  bench: Bench,
  { engine, postgres, evening }: { engine: Server; postgres: BenchPostgres; evening: Evening },
): Promise<void> {
  const amount = bench.quick ? 2_000 : 20_000;
  const insertUrl = await postgres.database('one_row_inserts');
  const fairseat: Side = {
    name: 'fairseat',
    async run(round) {
      const requests = evening.requests(amount, round);
      await untilProjected(engine.url);
      const { measured, byStatus } = await metered(
        { server: engine, postgres, settle: () => untilProjected(engine.url) },
        { url: engine.url, connections: CONNECTIONS, requests },
      );
      const good = (byStatus['200'] ?? 0) + (byStatus['201'] ?? 0);
      if (good !== amount) throw new Error(`all of them can be done, but: ${JSON.stringify(byStatus)}`);
      await evening.check(engine.url);
      return measured;
    },
  };
  const inserts: Side = {
    name: 'one-row inserts, 32 clients',
    run: () => rowByRow({ url: insertUrl, postgres, rows: amount / 2, clients: INSERTING_CLIENTS }),
  };
  await race(bench, {
    title: `Steady: ${amount.toLocaleString('en')} commands, 70/20/10 hold, confirm, cancel, Zipf over ${evening.shows} shows, over HTTP`,
    unit: 'commands/s',
    sides: [fairseat, inserts],
    asked: { [inserts.name]: bench.disk.env['LD_PRELOAD'] ? 1.2 : 1 },
  });
}

interface Asked {
  readonly showId: string;
  readonly customerId: string;
  readonly id: string;
  readonly at: number;
}

/** What customers do, one after another; whatever they confirm or cancel was theirs. */
class Evening {
  readonly #showIds: readonly string[];
  readonly #seatIds: readonly string[];
  readonly #clientId: string;
  readonly #chance = new Chance(SEED);
  readonly #weights: number[];
  readonly #nextSeat: number[];
  readonly #expected = new Map<string, Record<string, number>>();
  #customers = 0;

  constructor(showIds: readonly string[], seatIds: readonly string[], clientId: string) {
    this.#showIds = showIds;
    this.#seatIds = seatIds;
    this.#clientId = clientId;
    this.#nextSeat = showIds.map(() => 0);
    let sum = 0;
    this.#weights = showIds.map((_, i) => (sum += 1 / (i + 1)));
  }

  get shows(): number {
    return this.#showIds.length;
  }

  requests(amount: number, round: number): string[] {
    const [held, booked]: [Asked[], Asked[]] = [[], []];
    const ripe = (from: Asked[], n: number) => from.length > 0 && from[0]!.at + APART < n;
    return Array.from({ length: amount }, (_, n) => {
      const kind = this.#chance.between(1, 10);
      if (kind === 10 && ripe(booked, n)) return this.#cancel(booked.shift()!, round);
      if (kind >= 8 && ripe(held, n)) return this.#confirm(held.shift()!, round, n, booked);
      return this.#hold(round, n, held);
    });
  }

  #hold(round: number, n: number, held: Asked[]): string {
    const at = this.#chance.next() * this.#weights.at(-1)!;
    const show = this.#weights.findIndex((weight) => weight > at);
    const showId = this.#showIds[show]!;
    const customerId = `s${this.#customers++}`;
    const path = `/v1/shows/${showId}/holds`;
    const seat = this.#seatIds[this.#nextSeat[show]!++ % this.#seatIds.length]!;
    held.push({ showId, customerId, id: this.#idOf(path, customerId, `h${round}-${n}`), at: n });
    return this.#post(path, `h${round}-${n}`, { customerId, seats: [seat] }, showId, 'SeatsHeld');
  }

  #confirm({ showId, id }: Asked, round: number, n: number, booked: Asked[]): string {
    const path = `/v1/shows/${showId}/holds/${id}/confirm`;
    const bookingId = this.#idOf(path, '', `c${round}-${n}`);
    booked.push({ showId, customerId: '', id: bookingId, at: n });
    return this.#post(path, `c${round}-${n}`, {}, showId, 'BookingConfirmed');
  }

  #cancel({ showId, id }: Asked, round: number): string {
    const path = `/v1/shows/${showId}/bookings/${id}/cancel`;
    return this.#post(path, `x${round}-${id}`, { reason: 'ill' }, showId, 'BookingCancelled');
  }

  /** The id that the engine will derive for what this command makes. */
  #idOf(path: string, customerId: string, key: string): string {
    return commandIdOf({ clientId: this.#clientId, customerId, method: 'POST', path, key });
  }

  #post(path: string, key: string, body: unknown, showId: string, type: string): string {
    const counts = this.#expected.get(showId) ?? {};
    counts[type] = (counts[type] ?? 0) + 1;
    this.#expected.set(showId, counts);
    return request('POST', path, { headers: { ...AUTHORISED, 'idempotency-key': key }, body });
  }

  /** The busiest shows have in their streams what was acknowledged, all of it and once. */
  async check(url: string): Promise<void> {
    for (const showId of this.#showIds.slice(0, 5)) {
      const found: Record<string, number> = {};
      for (const { type } of await eventsOf(url, showId)) found[type] = (found[type] ?? 0) + 1;
      for (const [type, count] of Object.entries(this.#expected.get(showId) ?? {}))
        if (found[type] !== count)
          throw new Error(`show ${showId}: ${count} × ${type} acknowledged, ${found[type]} in the log`);
    }
  }
}

async function clientOf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ client_id: string }>('SELECT client_id FROM api_keys');
  await client.end();
  return rows[0]!.client_id;
}

/** Resident memory of a process in kB. */
export function memoryKb({ pid }: Server): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}
