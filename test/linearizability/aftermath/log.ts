// The log as it lies in Postgres, read without the engine.
import pg from 'pg';
import type { History, LogOrder } from '../history.ts';

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

/** Where the log has what each wish did, and the lapse of what it was given. */
export function orderInLog({ attempts }: History, log: readonly Logged[]): LogOrder {
  const wishes = new Map(attempts.map(({ requestId, wish }) => [requestId, wish]));
  const holders = new Map<string, number | undefined>();
  const waiting = new Map<string, number | undefined>();
  const done: Record<number, number> = {};
  const lapsed: Record<number, number> = {};
  for (const event of log) {
    const { type, data, revision } = event;
    const wish = isLapse(event) ? undefined : wishes.get(event.correlationId);
    if (wish !== undefined) done[wish] = revision;
    if (type === 'SeatsHeld') holders.set(data.holdId, wish);
    else if (type === 'WaitlistJoined') waiting.set(data.entryId, wish);
    else if (type === 'SeatsOffered') holders.set(data.holdId, waiting.get(data.entryId));
    else if (type === 'HoldExpired' || type === 'OfferExpired') {
      const holder = holders.get(data.holdId);
      if (holder !== undefined) lapsed[holder] = revision;
    }
  }
  return { done, lapsed };
}
