// Several commands on one embedded Postgres, which the first of them has started: whoever works on it says so by an advisory
// lock, which ends with its connection and so with its process. Who started it stops it when it gets that lock alone.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const LOOK_MS = 100;
const LOCK = `hashtext('fairseat-commands')`;

/** Says that it is worked on, for as long as `client` is connected. false: it is about to be stopped, or somebody looks. */
export const joinOthers = (client: pg.Client): Promise<boolean> =>
  locked(client, 'pg_try_advisory_lock_shared');

/** Whether anybody else works on it; who would join at that moment has to try again. */
export async function othersWork(url: string): Promise<boolean> {
  const client = quietClient(url);
  try {
    await client.connect();
    return !(await locked(client, 'pg_try_advisory_lock'));
  } catch {
    return false; // nobody can
  } finally {
    await client.end().catch(() => {});
  }
}

/** Waits until nobody else works on it, and calls `say` first where somebody does; from then on nobody can begin to. */
export async function waitForOthers(url: string, say: () => void): Promise<void> {
  // Stays connected until Postgres is stopped.
  const client = quietClient(url);
  try {
    await client.connect();
    if (await locked(client, 'pg_try_advisory_lock')) return;
    say();
    while (!(await locked(client, 'pg_try_advisory_lock'))) await sleep(LOOK_MS);
  } catch {
    // It has ended, and with it what others did.
  }
}

/** A client whose connection may break: whoever uses it learns of it from the next statement. */
export function quietClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  return client;
}

async function locked(
  client: pg.Client,
  take: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared',
): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(`select ${take}(${LOCK}) as locked`);
  return rows[0]!.locked;
}
