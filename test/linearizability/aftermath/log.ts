// The log as it lies in Postgres, read without the engine.
import pg from 'pg';

export interface Logged {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- data of every type of event
  readonly data: any;
  readonly at: string;
  readonly actor: string;
  readonly commandId: string;
  readonly correlationId: string;
}

const PAGE = 20_000;

/** Every event, in order of position. */
export async function readLog(databaseUrl: string): Promise<Logged[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const events: Logged[] = [];
  try {
    for (;;) {
      const { rows } = await client.query<Logged>(
        `select position::int, stream, revision, id, type, data, metadata->>'at' as at, metadata->>'actor' as actor,
                metadata->>'commandId' as "commandId", metadata->>'correlationId' as "correlationId"
           from events where position > $1 order by position limit ${PAGE}`,
        [events.at(-1)?.position ?? 0],
      );
      for (const row of rows) events.push(row);
      if (rows.length < PAGE) return events;
    }
  } finally {
    await client.end();
  }
}

/** What recorded lapses, on the occasion of somebody's command or by itself. */
export const isLapse = ({ actor }: Logged): boolean => actor.startsWith('system:');
