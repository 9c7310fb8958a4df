// An event store of the same kind, as a library: emmett-postgresql appends a hold to the stream of its seat, which must
// not be there yet. One seat a hold, its most favourable case: several seats at once would need a stream for the show,
// where writers who race conflict. As many appends at once as its pool has connections.
import { randomUUID } from 'node:crypto';
import { isExpectedVersionConflictError, STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import Fastify from 'fastify';
import pg from 'pg';

const POOL_MAX = 16;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL_MAX });
// When a bench is interrupted its database ends first.
pool.on('error', () => process.exit(1));
const store = getPostgreSQLEventStore(process.env['DATABASE_URL']!, { connectionOptions: { pool } });
await store.schema.migrate();

const app = Fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 });
let round = 0;
app.post('/rounds', async () => {
  round += 1;
  await pool.query('VACUUM ANALYZE');
  return { round };
});
app.post<{ Body: { customerId: string; seats: string[] } }>('/holds', async (request, reply) => {
  const { customerId, seats } = request.body;
  const [seat] = seats;
  const data = {
    holdId: randomUUID(),
    customerId,
    seat,
    until: new Date(Date.now() + 600_000).toISOString(),
  };
  try {
    const { nextExpectedStreamVersion } = await store.appendToStream(
      `seat-${round}-${seat}`,
      [{ type: 'SeatHeld', data }],
      { expectedStreamVersion: STREAM_DOES_NOT_EXIST },
    );
    return await reply.code(201).send({ hold: data, revision: Number(nextExpectedStreamVersion) });
  } catch (error) {
    if (!isExpectedVersionConflictError(error)) throw error;
    return reply.code(409).send({ code: 'SeatsUnavailable' });
  }
});
app.get('/taken', async () => {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(DISTINCT stream_id)::int AS n FROM emt_messages WHERE stream_id LIKE $1`,
    [`seat-${round}-%`],
  );
  return { taken: rows[0]!.n };
});
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(app.listeningOrigin);
