// A table of seats and one of holds behind Fastify, durable as the database is: what the two ways of locking share.
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const POOL_MAX = 16;
const MARK = `UPDATE seats SET hold_id = $3 WHERE round = $1 AND seat = ANY ($2)`;
const RECORD = `INSERT INTO holds VALUES ($1, $2, $3, $4, now() + interval '10 minutes') RETURNING until`;

interface Wanted {
  readonly customerId: string;
  readonly seats: readonly string[];
}

/** `choose` selects and locks the free seats of round $1 that a hold takes, of those wanted ($2). */
export async function serveTable({ index, choose }: { index?: string; choose: string }): Promise<void> {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL_MAX });
  // When a bench is interrupted its database ends first.
  pool.on('error', () => process.exit(1));
  await pool.query(
    `CREATE TABLE IF NOT EXISTS seats (round int, seat text, n int NOT NULL, hold_id uuid, PRIMARY KEY (round, seat))`,
  );
  await pool.query(
    `CREATE TABLE IF NOT EXISTS holds (id uuid PRIMARY KEY, round int, seats text[], customer_id text NOT NULL, until timestamptz NOT NULL)`,
  );
  if (index) await pool.query(index);
  let round = 0;

  async function hold({ customerId, seats }: Wanted): Promise<{ id: string; until: Date } | null> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const free = await client.query<{ seat: string }>({
        name: 'choose',
        text: choose,
        values: [round, seats],
      });
      if (free.rows.length < seats.length) {
        await client.query('ROLLBACK');
        return null;
      }
      const [id, chosen] = [randomUUID(), free.rows.map(({ seat }) => seat)];
      await client.query({ name: 'mark', text: MARK, values: [round, chosen, id] });
      const values = [id, round, chosen, customerId];
      const made = await client.query<{ until: Date }>({ name: 'record', text: RECORD, values });
      await client.query('COMMIT');
      return { id, until: made.rows[0]!.until };
    } finally {
      client.release();
    }
  }

  const app = Fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 });
  app.post<{ Body: { seats: string[] } }>('/rounds', async (request) => {
    round += 1;
    await pool.query(
      'INSERT INTO seats SELECT $1, seat, n FROM unnest($2::text[]) WITH ORDINALITY AS t (seat, n)',
      [round, request.body.seats],
    );
    await pool.query('VACUUM ANALYZE seats');
    return { round };
  });
  app.post<{ Body: Wanted }>('/holds', async (request, reply) => {
    const made = await hold(request.body);
    return made
      ? reply.code(201).send({ hold: { ...made, ...request.body } })
      : reply.code(409).send({ code: 'SeatsUnavailable' });
  });
  app.get('/taken', async () => {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM seats JOIN holds ON holds.id = hold_id AND seat = ANY (seats) WHERE seats.round = $1`,
      [round],
    );
    return { taken: rows[0]!.n };
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  console.log(app.listeningOrigin);
}
