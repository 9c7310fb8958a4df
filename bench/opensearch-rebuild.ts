// The index of 100,000 events computed anew, by the command line beside the engine that serves. Beside it raw bulks of the
// same documents, made before the clock began, into an index of the same kind: what OpenSearch itself takes here.
import { Client } from '@opensearch-project/opensearch';
import { INDEX } from '../src/adapters/opensearch/mapping.ts';
import { toStored } from '../src/adapters/opensearch/stored-event.ts';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { documentsOf, eventIdsAfter } from '../src/queries/search/search-documents.ts';
import type { Bench, Scenario } from './harness/bench.ts';
import { makeHalls, writeCatalogue } from './harness/catalogue.ts';
import { startDistributed, startIndexRebuild, type Distributed } from './harness/distributed.ts';
import { untilProjected } from './harness/hall.ts';
import { familySeconds, startEngine } from './harness/processes.ts';
import { timed } from './harness/raw-sql.ts';
import { race, type Side } from './harness/rounds.ts';
import { spread } from './harness/spread.ts';

const POLL_MS = 20;
const PAGE = 2_000;
const RAW_BULK = 1_000;
const RAW_AT_ONCE = 2;

type Stored = Readonly<Record<string, unknown>> & { readonly id: string };

export const openSearchRebuild: Scenario = {
  what: 'the search index of 100,000 events computed anew',
  async run(bench) {
    const events = bench.quick ? 1_000 : 100_000;
    const world = await startDistributed(bench, 'opensearch-rebuild', ['opensearch']);
    if (world === null) return;
    const client = new Client({ node: world.openSearch!.url, requestTimeout: 60_000 });
    const engine = await startEngine(world.databaseUrl);
    try {
      await writeCatalogue(world.databaseUrl, events, await makeHalls(engine.url));
      await untilProjected(engine.url);
      await world.postgres.vacuum('engine');
      const stored = await documentsIn(world.databaseUrl);
      const rates: number[] = [];
      const raw = rawBulks(world, client, stored);
      await race(bench, {
        title: `Rebuild of the index of ${events.toLocaleString('en')} events, the start of the command included`,
        unit: 'documents/s',
        sides: [rebuilt(world, client, stored, (perSecond) => rates.push(perSecond)), raw],
      });
      reportRate(bench, rates.slice(-bench.rounds));
    } finally {
      await client.close();
      await engine.kill();
      await world.stop();
    }
  },
};

function reportRate(bench: Bench, rates: readonly number[]): void {
  bench.report.figure({
    title: 'Rebuild of the index',
    what: 'documents',
    unit: 'documents/s',
    disk: bench.disk.name,
    value: spread(rates),
    asked: { atLeast: 5_000 },
  });
}

/** As the index keeps them, from the views. */
async function documentsIn(databaseUrl: string): Promise<Stored[]> {
  const { db, close } = openDatabase(databaseUrl, { poolMax: 1 });
  const all: Stored[] = [];
  for (let ids = await eventIdsAfter(db, null, PAGE); ids.length > 0;) {
    all.push(...(await documentsOf(db, ids)).documents.map(toStored));
    ids = await eventIdsAfter(db, ids.at(-1)!, PAGE);
  }
  await close();
  return all;
}

/** Until the new generation serves; that the command then waits before it drops the former one is no part of it. */
function rebuilt(
  { name, databaseUrl, env, postgres }: Distributed,
  client: Client,
  stored: readonly Stored[],
  onRate: (perSecond: number) => void,
): Side {
  return {
    name: 'fairseat search rebuild',
    async run() {
      const before = await servingIn(client, name);
      const [began, postgresCpu] = [performance.now(), postgres.cpuSeconds()];
      const command = startIndexRebuild({ ...env, DATABASE_URL: databaseUrl });
      let now = before;
      let server = 0;
      while (now === before || now === null) {
        await Promise.race([systemClock.sleep(POLL_MS), command.failed]);
        now = await servingIn(client, name);
        server = familySeconds(command.pid) || server;
      }
      const seconds = (performance.now() - began) / 1_000;
      const each = (cpuSeconds: number) => (cpuSeconds / stored.length) * 1_000;
      const cpu = { server: each(server), postgres: each(postgres.cpuSeconds() - postgresCpu) };
      await command.ended;
      await checkIndex(client, now, stored);
      onRate(stored.length / seconds);
      return { value: stored.length / seconds, cpu };
    },
  };
}

async function servingIn(client: Client, alias: string): Promise<string | null> {
  const there = await client.indices.existsAlias({ name: alias });
  if (!there.body) return null;
  const { body } = await client.indices.getAlias({ name: alias });
  return Object.keys(body)[0] ?? null;
}

function rawBulks({ name, postgres }: Distributed, client: Client, stored: readonly Stored[]): Side {
  const written = { version: 1, version_type: 'external_gte' };
  const lines = stored.map((document) => [
    JSON.stringify({ index: { _id: document.id, ...written } }),
    JSON.stringify(document),
  ]);
  const bulks: string[][] = [];
  for (let from = 0; from < lines.length; from += RAW_BULK)
    bulks.push(lines.slice(from, from + RAW_BULK).flat());
  return {
    name: `raw bulks of ${RAW_BULK}`,
    async run(round) {
      const index = `${name}-raw-${round}`;
      const measured = await timed(postgres, stored.length, async () => {
        await client.indices.create({ index, body: INDEX as object });
        const waiting = bulks.values();
        const sender = async (): Promise<void> => {
          for (const body of waiting) {
            const answer = await client.bulk({ index, body: body as unknown as object[] });
            if (answer.body.errors) throw new Error('a raw document was refused');
          }
        };
        await Promise.all(Array.from({ length: RAW_AT_ONCE }, sender));
        await client.indices.refresh({ index });
      });
      await checkIndex(client, index, stored);
      await client.indices.delete({ index });
      return measured;
    },
  };
}

/** Each document is there, once, and as the views say. */
async function checkIndex(client: Client, index: string, stored: readonly Stored[]): Promise<void> {
  const due = new Map(stored.map((document) => [document.id, JSON.stringify(document)]));
  for (let after: string | undefined; ;) {
    const { body } = await client.search({
      index,
      body: {
        size: PAGE,
        query: { exists: { field: 'status' } },
        sort: [{ id: 'asc' }],
        ...(after !== undefined && { search_after: [after] }),
      },
    });
    const hits = body.hits.hits as unknown as { _source: Stored }[];
    const page = hits.map(({ _source: found }) => found);
    if (page.length === 0) break;
    for (const found of page) {
      if (due.get(found.id) !== JSON.stringify(found))
        throw new Error(`${found.id} is in ${index} as ${JSON.stringify(found)}`);
      due.delete(found.id);
    }
    after = page.at(-1)!.id;
  }
  if (due.size > 0) throw new Error(`${due.size} of ${stored.length} documents are missing in ${index}`);
}
