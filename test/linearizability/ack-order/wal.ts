// What Postgres says of its write-ahead log: how far it is on the disk, and where each commit ends in it.
import pg from 'pg';

/** A place in the log as a number: file and offset of `0/16B3748` in one. */
const numberOf = (lsn: string): number => {
  const [high, low] = lsn.split('/');
  return Number.parseInt(high!, 16) * 2 ** 32 + Number.parseInt(low!, 16);
};

export class Wal {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async connect(databaseUrl: string): Promise<Wal> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('create extension if not exists pg_walinspect');
    return new Wal(client);
  }

  /** Everything before it is on the disk. */
  async flushedTo(): Promise<number> {
    const { rows } = await this.#client.query<{ lsn: string }>({
      name: 'flushed',
      text: 'select pg_current_wal_flush_lsn()::text as lsn',
    });
    return numberOf(rows[0]!.lsn);
  }

  async insertedTo(): Promise<string> {
    const { rows } = await this.#client.query<{ lsn: string }>(
      'select pg_current_wal_insert_lsn()::text as lsn',
    );
    return rows[0]!.lsn;
  }

  /** Where the commit of each event since `from` ends, by the event's position: out of the WAL itself. */
  async commitsSince(from: string): Promise<Map<number, number>> {
    const { rows } = await this.#client.query<{ position: number; lsn: string }>(
      `with commits as materialized (
         select xid::text as xid, end_lsn from pg_get_wal_records_info($1, pg_current_wal_flush_lsn())
          where resource_manager = 'Transaction' and record_type = 'COMMIT'
       )
       select e.position::int, c.end_lsn::text as lsn from events e join commits c on c.xid = e.xmin::text`,
      [from],
    );
    return new Map(rows.map(({ position, lsn }) => [position, numberOf(lsn)]));
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}
