// What Postgres does without an engine before it: the yardsticks for whatever ends in rows.
import pg from 'pg';
import type { BenchPostgres } from './processes.ts';
import type { Measured } from './rounds.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS rows (id bigserial PRIMARY KEY, stream text NOT NULL, data jsonb NOT NULL)`;
const INSERT = {
  name: 'one',
  text: 'INSERT INTO rows (stream, data) VALUES ($1, $2)',
  values: [
    'show',
    JSON.stringify({ customerId: 'c', seats: ['A-1', 'A-2'], total: 100, until: '2027-01-01' }),
  ],
};

interface Inserting {
  readonly url: string;
  readonly postgres: BenchPostgres;
  readonly rows: number;
  readonly clients: number;
}

/** pgbench's one-row insert: each client a connection, each row a durable commit. Rows a second. */
export async function rowByRow({ url, postgres, rows, clients }: Inserting): Promise<Measured> {
  const pool = await connected(url, clients);
  await pool[0]!.query(TABLE);
  await pool[0]!.query('TRUNCATE rows');
  let left = rows;
  const measured = await timed(postgres, rows, async () => {
    await Promise.all(
      pool.map(async (client) => {
        while (left-- > 0) await client.query(INSERT);
      }),
    );
  });
  const found = await pool[0]!.query<{ n: number }>('SELECT count(*)::int AS n FROM rows');
  if (found.rows[0]!.n !== rows) throw new Error(`${rows} rows inserted, ${found.rows[0]!.n} there`);
  for (const client of pool) await client.end();
  return measured;
}

export async function connected(url: string, clients: number): Promise<pg.Client[]> {
  const all = Array.from({ length: clients }, () => new pg.Client({ connectionString: url }));
  await Promise.all(all.map((client) => client.connect()));
  return all;
}

/** Something a second, done by this process, with the processor time of both. */
export async function timed(
  postgres: BenchPostgres,
  amount: number,
  work: () => Promise<unknown>,
): Promise<Measured> {
  const [cpu, postgresCpu, began] = [process.cpuUsage(), postgres.cpuSeconds(), performance.now()];
  await work();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const each = (cpuSeconds: number) => (cpuSeconds / amount) * 1_000;
  return {
    value: amount / seconds,
    cpu: { server: each((user + system) / 1e6), postgres: each(postgres.cpuSeconds() - postgresCpu) },
  };
}
