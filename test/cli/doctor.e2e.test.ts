// `fairseat doctor` while one of the servers is away, or is another's: the check of that one fails, and of no other.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { statfsSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { KafkaEventFeed } from '../../src/adapters/kafka/kafka-event-feed.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-server.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { PostgresLeaseStore } from '../../src/adapters/postgres/postgres-lease-store.ts';
import { PostgresRelayProgressStore } from '../../src/adapters/postgres/postgres-relay-progress-store.ts';
import { NO_STREAM } from '../../src/ports/event-log.ts';
import { newEvents, newStream } from '../contracts/event-log/sample-events.ts';
import { sampleEvents } from '../contracts/event-feed/feed-world.ts';
import { fill, smallDisk, tmpfsForbidden } from '../linearizability/faults/disk-faults.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startKafka } from '../support/servers/servers.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const NOBODY = '127.0.0.1:1';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy: string;
}

describe('the doctor', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let kafka: RunningServer;
  const topic = `doctor-${randomUUID()}`;
  beforeAll(async () => {
    [database, kafka] = await Promise.all([createDatabase(), startKafka()]);
  }, 240_000);
  afterAll(() => Promise.all([database.drop(), kafka.stop()]));

  const checks = (changed: Readonly<Record<string, string>> = {}): Promise<Check[]> => {
    const env = {
      PATH: process.env['PATH'],
      PROFILE: 'distributed',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: kafka.url,
      KAFKA_TOPIC: topic,
      ...changed,
    };
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [MAIN, 'doctor', '--json'], { env }, (_error, out, said) => {
        if (out === '') reject(new Error(said));
        else resolve((JSON.parse(out) as { checks: Check[] }).checks);
      });
    });
  };
  const failing = (all: readonly Check[]): string[] => all.filter(({ ok }) => !ok).map(({ name }) => name);
  const named = (all: readonly Check[], name: string): Check => all.find((check) => check.name === name)!;

  it('finds nothing wrong where everything is there and nothing has happened yet', async () => {
    const all = await checks();
    expect(failing(all)).toEqual([]);
    expect(named(all, 'Kafka').found).toBe(`topic ${topic} is not there yet: a relay makes it`);
  });

  it('tells of a variable that was meant for a setting', async () => {
    const all = await checks({ OPENSEARCH_ULR: 'http://127.0.0.1:9200' });
    expect(failing(all)).toEqual(['names of settings']);
    expect(named(all, 'names of settings').found).toContain('did you mean OPENSEARCH_URL?');
  });

  it('blames EventStoreDB for itself, and the database for nothing', async () => {
    const all = await checks({ EVENTSTORE_URL: `esdb://${NOBODY}?tls=false` });
    expect(named(all, 'Postgres').ok).toBe(true);
    expect(named(all, 'Kafka').ok).toBe(true);
    expect(named(all, 'log')).toMatchObject({
      ok: false,
      found: expect.stringContaining('EventStoreDB could not'),
      remedy: expect.stringContaining('EVENTSTORE_URL'),
    });
    expect(failing(all)).toEqual(['log', 'relay']);
    expect(named(all, 'projection shows').found).toContain('the log does not say');
  });

  it('says that no broker answers', async () => {
    const all = await checks({ KAFKA_BROKERS: NOBODY });
    expect(failing(all)).toEqual(['Kafka']);
    expect(named(all, 'Kafka').remedy).toContain('KAFKA_BROKERS');
  });

  it('looks at log and brokers also while the database is away', async () => {
    const all = await checks({
      DATABASE_URL: `postgres://nobody@${NOBODY}/none`,
      EVENTSTORE_URL: `esdb://${NOBODY}?tls=false`,
    });
    expect(all.map(({ name, ok }) => [name, ok])).toEqual([
      ['Node', true],
      ['database', false],
      ['log', false],
      ['Kafka', true],
    ]);
  });

  it('blames the brokers for what is not published, and for views that lack it; neither the relay nor the views', async () => {
    const own = await createDatabase();
    const { db, close } = openDatabase(own.url, { poolMax: 1 });
    await checks({ DATABASE_URL: own.url });
    const log = new PostgresEventLog(own.url);
    await log.append(newStream(), NO_STREAM, newEvents(3));
    await log.close();
    const lease = await new PostgresLeaseStore(db).acquire('relay', 'somebody', 60_000);
    expect(lease).not.toBe(null);
    const all = await checks({ DATABASE_URL: own.url, KAFKA_BROKERS: NOBODY });
    await close();
    await own.drop();
    expect(named(all, 'relay')).toMatchObject({
      ok: false,
      found: expect.stringMatching(/^one is active, published as far as position 0 of 3, \d+ s behind$/),
      remedy: expect.stringContaining('the check of Kafka'),
    });
    expect(named(all, 'projection shows')).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('the checks of Kafka and of the relay'),
    });
  });

  it('finds a view that a newer version has made, and says how to go on and how to go back', async () => {
    const own = await createDatabase();
    const { db, close } = openDatabase(own.url, { poolMax: 1 });
    await checks({ DATABASE_URL: own.url });
    await sql`update projections set version = 99 where name = 'shows'`.execute(db);
    const all = await checks({ DATABASE_URL: own.url });
    await close();
    await own.drop();
    expect(failing(all)).toEqual(['projection shows']);
    expect(named(all, 'projection shows')).toMatchObject({
      found: 'generation 1, up to date, made by a newer version of the program',
      remedy: expect.stringMatching(/Upgrade every process.+"fairseat projections rebuild shows"/),
    });
  });

  it('finds a disk that is full, and nothing else wrong with Postgres', async ({ skip }) => {
    const forbidden = tmpfsForbidden();
    if (forbidden !== null) skip(forbidden);
    const disk = smallDisk();
    onTestFinished(() => disk.free());
    const postgres = await startEmbeddedPostgres({ dataDir: path.join(disk.folder, 'data'), log: () => {} });
    onTestFinished(() => postgres.stop());
    await checks({ DATABASE_URL: postgres.url });
    fill(path.join(disk.folder, 'ballast'), statfsSync(disk.folder));
    const all = await checks({ DATABASE_URL: postgres.url });
    expect(failing(all)).toEqual(['disk']);
    expect(named(all, 'disk').found).toContain('No space left on device');
  });

  it('knows a replica from a database that answers as well, and says that none does', async () => {
    const empty = await createDatabase();
    onTestFinished(() => empty.drop());
    const another = await checks({ DATABASE_READ_URL: empty.url });
    expect(failing(another)).toEqual(['replica']);
    expect(named(another, 'replica').found).toContain(
      'DATABASE_READ_URL names a database that has no tables',
    );
    const away = await checks({ DATABASE_READ_URL: `postgres://nobody@${NOBODY}/none` });
    expect(failing(away)).toEqual(['replica']);
    expect(named(away, 'replica').found).toContain('ECONNREFUSED');
    expect(failing(await checks({ DATABASE_READ_URL: database.url }))).toEqual([]);
  });

  /** A database of its own whose log is three events long, and its views at the beginning. */
  async function ofThreeEvents() {
    const own = await createDatabase();
    onTestFinished(() => own.drop());
    await checks({ DATABASE_URL: own.url });
    const log = new PostgresEventLog(own.url);
    await log.append(newStream(), NO_STREAM, newEvents(3));
    await log.close();
    const { pool, close } = openDatabase(own.url, { poolMax: 1 });
    onTestFinished(close);
    return { own, pool };
  }

  it('finds a log that was put back, which views are further than', async () => {
    const { own, pool } = await ofThreeEvents();
    await pool.query("update projections set position = 3 where name = 'holds'");
    expect(named(await checks({ DATABASE_URL: own.url }), 'log')).toMatchObject({ ok: true });
    await pool.query("update projections set position = 4 where name = 'holds'");
    expect(named(await checks({ DATABASE_URL: own.url }), 'log')).toMatchObject({
      ok: false,
      found: 'as far as position 3, and views as far as 4: it was put back to an earlier moment',
    });
  });

  it('finds another log than the views were made from', async () => {
    const { own, pool } = await ofThreeEvents();
    await pool.query("insert into views_made_from (log) values ('another')");
    expect(named(await checks({ DATABASE_URL: own.url }), 'log')).toMatchObject({
      ok: false,
      found: 'as far as position 3, and views were made from another one',
    });
  });

  it('finds a replica that does not follow any more', async () => {
    const [own, stalled] = await Promise.all([createDatabase(), createDatabase()]);
    onTestFinished(() => Promise.all([own.drop(), stalled.drop()]).then(() => {}));
    const settings = { DATABASE_URL: own.url, DATABASE_READ_URL: stalled.url };
    await checks({ DATABASE_URL: stalled.url });
    expect(named(await checks(settings), 'replica')).toMatchObject({
      ok: true,
      found: 'it answers, is of this database, up to date',
    });
    const log = new PostgresEventLog(own.url);
    await log.append(newStream(), NO_STREAM, newEvents(3));
    await log.close();
    const { pool, close } = openDatabase(own.url, { poolMax: 1 });
    await pool.query("update projections set position = 3 where name = 'holds'");
    await close();
    expect(named(await checks(settings), 'replica')).toMatchObject({
      ok: false,
      found: expect.stringMatching(/^it answers, is of this database, \d+ s behind$/),
    });
  });

  it('takes a setting that is missing for what it is', async () => {
    const all = await checks({ KAFKA_BROKERS: '' });
    expect(failing(all)).toEqual(['settings']);
    expect(named(all, 'settings').found).toContain('KAFKA_BROKERS');
  });

  it('knows the topic of another engine from its own', async () => {
    const settings = { topic, partitions: 2, copies: -1, retentionHours: 1 };
    const feed = await KafkaEventFeed.open({ ...settings, brokers: kafka.url.split(',') });
    const publisher = await feed.openPublisher();
    const ends = await publisher.publish(sampleEvents(3));
    await publisher.close();
    await feed.close();
    const foreign = await checks();
    expect(failing(foreign)).toEqual(['Kafka']);
    expect(named(foreign, 'Kafka').remedy).toContain('Give KAFKA_TOPIC another name');

    const { db, close } = openDatabase(database.url, { poolMax: 1 });
    const progress = new PostgresRelayProgressStore(db);
    await progress.claim(1);
    await progress.save(1, { position: 3, offsets: ends });
    await close();
    const own = await checks();
    expect(failing(own)).toEqual([]);
    expect(named(own, 'Kafka').found).toBe(`topic ${topic} has 2 partitions, published to 3 times`);
  });
});
