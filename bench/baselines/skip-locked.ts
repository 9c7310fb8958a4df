// The booking table that everybody writes first: one row a seat; a transaction takes the next free one with SELECT … FOR
// UPDATE SKIP LOCKED, marks it, records the hold and commits. Behind the same Fastify, durable as the database is.
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });
await pool.query(
  `CREATE TABLE IF NOT EXISTS seats (round int, seat int, status text NOT NULL DEFAULT 'free', hold_id uuid, PRIMARY KEY (round, seat))`,
);
await pool.query(
  `CREATE TABLE IF NOT EXISTS holds (id uuid PRIMARY KEY, round int, seat int, customer_id text NOT NULL, until timestamptz NOT NULL)`,
);
await pool.query(`CREATE INDEX IF NOT EXISTS free_seats ON seats (round, seat) WHERE status = 'free'`);
const app = Fastify({ logger: false });
let round = 0;

app.post<{ Body: { seats: number } }>('/rounds', async (request) => {
  round += 1;
  await pool.query('INSERT INTO seats SELECT $1, n FROM generate_series(1, $2::int) n', [
    round,
    request.body.seats,
  ]);
  await pool.query('VACUUM ANALYZE seats');
  return { round };
});

const SELECT = `SELECT seat FROM seats WHERE round = $1 AND status = 'free' ORDER BY seat LIMIT 1 FOR UPDATE SKIP LOCKED`;
const MARK = `UPDATE seats SET status = 'held', hold_id = $3 WHERE round = $1 AND seat = $2`;
const RECORD = `INSERT INTO holds VALUES ($1, $2, $3, $4, now() + interval '10 minutes') RETURNING until`;

async function hold(customerId: string): Promise<{ id: string; seat: number; until: Date } | null> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const free = await client.query<{ seat: number }>({ name: 'select', text: SELECT, values: [round] });
    const seat = free.rows[0]?.seat;
    if (seat === undefined) {
      await client.query('ROLLBACK');
      return null;
    }
    const id = randomUUID();
    await client.query({ name: 'mark', text: MARK, values: [round, seat, id] });
    const made = await client.query<{ until: Date }>({
      name: 'record',
      text: RECORD,
      values: [id, round, seat, customerId],
    });
    await client.query('COMMIT');
    return { id, seat, until: made.rows[0]!.until };
  } finally {
    client.release();
  }
}

app.post<{ Body: { customerId: string } }>('/holds', async (request, reply) => {
  const made = await hold(request.body.customerId);
  return made ? reply.code(201).send({ hold: made }) : reply.code(409).send({ code: 'SeatsUnavailable' });
});
app.get('/taken', async () => {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM seats JOIN holds ON holds.id = seats.hold_id WHERE seats.round = $1 AND status = 'held'`,
    [round],
  );
  return { taken: rows[0]!.n };
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(app.listeningOrigin);
