// Search among 100,000 events in OpenSearch, half of the words mistyped, each answer with its facets, through an api process.
// Beside it the raw query: what the engine asks OpenSearch for hits and facets, recorded and sent by its client as it is.
import { Client } from '@opensearch-project/opensearch';
import { OpenSearchSearch } from '../src/adapters/opensearch/opensearch-search.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { searchWithFacets, type EventSearch } from '../src/queries/search/search-events.ts';
import type { Bench, Scenario } from './harness/bench.ts';
import { askedQuestions, makeHalls, pathOf, writeCatalogue, type Question } from './harness/catalogue.ts';
import { rebuildIndex, startDistributed } from './harness/distributed.ts';
import { call, untilProjected } from './harness/hall.ts';
import { load, openLoop, peakOf, request } from './harness/load.ts';
import { startEngine, type Server } from './harness/processes.ts';
import { race, type Measured, type Side } from './harness/rounds.ts';
import { percentile } from './harness/spread.ts';

const CONNECTIONS = 64;
const LIMIT = 25;
/** Both sides are asked at half of what the raw query reaches with so many in flight. */
const LOADED_PART = 0.5;
const IN_FLIGHT = 4;
const CHECKED = 50;

type Body = Readonly<Record<string, unknown>>;
interface Source {
  readonly client: Client;
  readonly alias: string;
}

export const openSearchSearch: Scenario = {
  what: 'search among 100,000 events in OpenSearch, with slips and facets',
  async run(bench) {
    const events = bench.quick ? 500 : 100_000;
    const world = await startDistributed(bench, 'opensearch-search', ['opensearch']);
    if (world === null) return;
    const client = new Client({ node: world.openSearch!.url });
    try {
      const engine = await startEngine(world.databaseUrl);
      await writeCatalogue(world.databaseUrl, events, await makeHalls(engine.url));
      await untilProjected(engine.url);
      await rebuildIndex({ ...world.env, DATABASE_URL: world.databaseUrl });
      await engine.kill();
      const api = await world.role('api');
      const questions = askedQuestions(bench.quick ? 100 : 1_000).map((q) => ({ ...q, facets: true }));
      const source = { client, alias: world.name };
      const raw = await recorded(source, questions);
      await checkAnswers(api, source, questions.slice(0, CHECKED), raw);
      await raceSearches(bench, { api, source, questions, raw, events });
    } finally {
      await client.close();
      await world.stop();
    }
  },
};

/** What the engine asks OpenSearch last for each question: one query for its hits and its facets. */
async function recorded({ client, alias }: Source, questions: readonly Question[]): Promise<Body[]> {
  let last: Body | undefined;
  const recording = {
    search(params: { body: Body }, options: object) {
      last = params.body;
      return client.search(params, options);
    },
  };
  const index = new OpenSearchSearch(recording as unknown as Client, alias, systemClock);
  const all: Body[] = [];
  for (const question of questions) {
    await searchWithFacets(index, asked(question));
    all.push(last!);
  }
  return all;
}

const asked = ({ facets: _facets, ...question }: Question): EventSearch => ({
  ...question,
  limit: LIMIT,
  nowMs: Date.now(),
});
const facetedPath = (question: Question): string => `${pathOf(question)}&limit=${LIMIT}`;

async function ask({ client, alias }: Source, body: Body) {
  const { body: answer } = await client.search({ index: alias, body });
  return answer as unknown as {
    hits: { hits: { _source: { id: string } }[] };
    aggregations: { types: { buckets: { key: string; doc_count: number }[] } };
  };
}

/** Over HTTP comes what the raw query finds and counts, and most questions find something. */
async function checkAnswers(
  api: Server,
  source: Source,
  questions: readonly Question[],
  raw: readonly Body[],
) {
  let empty = 0;
  for (const [n, question] of questions.entries()) {
    const { data, facets } = await call(api.url, 'GET', facetedPath(question));
    const { hits, aggregations } = await ask(source, raw[n]!);
    const served = data.map(({ id }: { id: string }) => id).join();
    const found = hits.hits
      .slice(0, LIMIT)
      .map(({ _source }) => _source.id)
      .join();
    if (served !== found) throw new Error(`${pathOf(question)}: ${served} over HTTP, ${found} directly`);
    const types = facets.types.map(
      ({ value, count }: { value: string; count: number }) => `${value} ${count}`,
    );
    const counted = aggregations.types.buckets.map(({ key, doc_count }) => `${key} ${doc_count}`);
    if (types.join() !== counted.join())
      throw new Error(`${pathOf(question)}: ${types.join()} over HTTP, ${counted.join()} directly`);
    if (data.length === 0) empty += 1;
  }
  if (empty > questions.length / 2)
    throw new Error(`${empty} of ${questions.length} questions found nothing`);
}

interface Searching {
  readonly api: Server;
  readonly source: Source;
  readonly questions: readonly Question[];
  readonly raw: readonly Body[];
  readonly events: number;
}

async function raceSearches(bench: Bench, searching: Searching): Promise<void> {
  const { api, source, questions, raw, events } = searching;
  const perSecond = Math.max(
    1,
    Math.round((await peakOf(IN_FLIGHT, raw.length, (n) => ask(source, raw[n]!))) * LOADED_PART),
  );
  const measured = (latenciesMs: Iterable<number>): Measured => {
    const all = [...latenciesMs];
    const p99 = percentile(all, 0.99);
    return { value: p99, latency: { p50: percentile(all, 0.5), p99 } };
  };
  const requests = questions.map((question) => request('GET', facetedPath(question)));
  const fairseat: Side = {
    name: 'fairseat over HTTP',
    async run() {
      const { byStatus, latenciesMs } = await load({
        url: api.url,
        connections: CONNECTIONS,
        requests,
        perSecond,
      });
      if (byStatus['200'] !== questions.length) throw new Error(JSON.stringify(byStatus));
      return measured(latenciesMs);
    },
  };
  const query: Side = {
    name: 'the raw query by its client',
    run: async () => measured(await openLoop(perSecond, raw.length, (n) => ask(source, raw[n]!))),
  };
  await race(bench, {
    title: `OpenSearch: search among ${events.toLocaleString('en')} events with facets, ${perSecond}/s, open loop, p99`,
    unit: 'ms',
    sides: [fairseat, query],
    asked: { [query.name]: 1.3 },
    less: true,
  });
}
