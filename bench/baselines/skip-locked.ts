// The booking table that everybody writes first: one row a seat, the next free one taken with SELECT … FOR UPDATE SKIP
// LOCKED in a transaction of its own, behind the same Fastify. Durable as the database is.
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });
await pool.query(
  'CREATE TABLE IF NOT EXISTS seats (round int, seat int, holder text, until timestamptz, PRIMARY KEY (round, seat))',
);
const app = Fastify({ logger: false });
let round = 0;

app.post<{ Body: { seats: number } }>('/rounds', async (request) => {
  round += 1;
  await pool.query('INSERT INTO seats SELECT $1, n FROM generate_series(1, $2::int) n', [
    round,
    request.body.seats,
  ]);
  await pool.query('CREATE INDEX IF NOT EXISTS free_seats ON seats (round, seat) WHERE holder IS NULL');
  await pool.query('VACUUM ANALYZE seats');
  return { round };
});
const TAKE = `UPDATE seats SET holder = $2, until = now() + interval '10 minutes' WHERE (round, seat) = (
  SELECT round, seat FROM seats WHERE round = $1 AND holder IS NULL ORDER BY seat LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING seat, until`;
app.post<{ Body: { customerId: string } }>('/holds', async (request, reply) => {
  const { rows } = await pool.query<{ seat: number; until: Date }>({
    name: 'take',
    text: TAKE,
    values: [round, request.body.customerId],
  });
  const [taken] = rows;
  return taken
    ? reply.code(201).send({ hold: { seats: [taken.seat], until: taken.until } })
    : reply.code(409).send({ code: 'SeatsUnavailable' });
});
app.get('/taken', async () => {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM seats WHERE round = $1 AND holder IS NOT NULL',
    [round],
  );
  return { taken: rows[0]!.n };
});

await app.listen({ host: '127.0.0.1', port: 0 });
console.log(app.listeningOrigin);
