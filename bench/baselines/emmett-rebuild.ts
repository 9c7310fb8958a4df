// How an event store as a library computes a view anew: emmett-postgresql reads its own log in pages and gives each event
// to a projection, here a table of holds, in a transaction with its checkpoint.
// `write EVENTS SHOWS`: a log of holds and releases; `rebuild EVENTS`: the table from it, as `fairseat projections rebuild`
// does, and whether all of them are in it.
import { randomUUID } from 'node:crypto';
import type { Event } from '@event-driven-io/emmett';
import {
  getPostgreSQLEventStore,
  postgreSQLProjection,
  rebuildPostgreSQLProjections,
} from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

const APPEND = 500;
/** As our own rebuild reads. */
const BATCH = 10_000;
const [verb, ...numbers] = process.argv.slice(2);
const connectionString = process.env['DATABASE_URL']!;
const pool = new pg.Pool({ connectionString });

interface HoldData {
  readonly [name: string]: unknown;
  readonly holdId: string;
}
type HoldEvent = Event<'SeatsHeld' | 'HoldReleased', HoldData>;

function* turnover(events: number): Generator<HoldEvent> {
  for (let n = 0; n < events; n += 2) {
    const [holdId, seats] = [randomUUID(), [randomUUID()]];
    const until = new Date(Date.now() + 600_000).toISOString();
    yield {
      type: 'SeatsHeld',
      data: { holdId, clientId: 'bench', customerId: `c${n}`, seats, areas: [], total: 100, until },
    };
    yield { type: 'HoldReleased', data: { holdId, seats, areas: [] } };
  }
}

/** By one writer: of several at once its reading by pages, in order of transactions, would leave some out. */
async function write(events: number, shows: number): Promise<void> {
  const store = getPostgreSQLEventStore(connectionString, { connectionOptions: { pool } });
  await store.schema.migrate();
  for (let show = 0; show < shows; show += 1) {
    const all = [...turnover(events / shows)];
    for (let at = 0; at < all.length; at += APPEND)
      await store.appendToStream(`show-${show}`, all.slice(at, at + APPEND));
  }
  await store.close();
}

const holds = postgreSQLProjection<HoldEvent>({
  name: 'holds',
  canHandle: ['SeatsHeld', 'HoldReleased'],
  async handle(events, { connection: { client } }) {
    for (const { type, data } of events)
      if (type === 'SeatsHeld')
        await client.query({
          name: 'held',
          text: `INSERT INTO rebuilt_holds SELECT *, 'held' FROM jsonb_to_record($1)
            AS r("holdId" uuid, "clientId" text, "customerId" text, seats jsonb, until timestamptz)`,
          values: [JSON.stringify(data)],
        });
      else
        await client.query({
          name: 'released',
          text: `UPDATE rebuilt_holds SET state = 'released' WHERE "holdId" = $1`,
          values: [data.holdId],
        });
  },
});

async function rebuild(events: number): Promise<void> {
  await pool.query('DROP TABLE IF EXISTS rebuilt_holds');
  await pool.query(`CREATE TABLE rebuilt_holds ("holdId" uuid PRIMARY KEY, "clientId" text, "customerId" text,
    seats jsonb, until timestamptz, state text)`);
  await pool.query('DELETE FROM emt_processors');
  const pulling = { batchSize: BATCH };
  const consumer = rebuildPostgreSQLProjections<HoldEvent>({
    connectionString,
    pulling,
    projections: [holds],
  });
  await consumer.start();
  await consumer.close();
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM rebuilt_holds WHERE state = 'released'`,
  );
  if (rows[0]!.n !== events / 2) throw new Error(`${rows[0]!.n} of ${events / 2} holds are in the view`);
}

if (verb === 'write') await write(Number(numbers[0]), Number(numbers[1]));
else await rebuild(Number(numbers[0]));
await pool.end();
