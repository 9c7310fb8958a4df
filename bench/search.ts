// Search among 100,000 events, half of the words mistyped, with types and places, one in three with its facets, 500 questions
// a second whatever happens, or half of what the statements alone reach where that is less. Beside it the engine's own
// statements for the same, sent by `pg` without the engine before them.
import { openDatabase, type Database } from '../src/adapters/postgres/database.ts';
import { PostgresCheckpointStore } from '../src/adapters/postgres/postgres-checkpoint-store.ts';
import { postgresSearch } from '../src/queries/search/postgres-search.ts';
import { searchEvents, searchWithFacets, type EventSearch } from '../src/queries/search/search-events.ts';
import type { EventFound, Facets, SearchIndex } from '../src/ports/search-index.ts';
import { NAME as CATALOGUE_FOLLOWER } from '../src/workers/catalogue-follower.ts';
import type { Bench, Scenario } from './harness/bench.ts';
import { askedQuestions, makeHalls, pathOf, writeCatalogue, type Question } from './harness/catalogue.ts';
import { call, makeHall, untilProjected } from './harness/hall.ts';
import { load, openLoop, peakOf, request } from './harness/load.ts';
import { startEngine, startPostgres, type Server } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const PER_SECOND_MAX = 500;
/** Faster than this part of their peak the statements would only queue. */
const LOADED_PART = 0.5;
const CONNECTIONS = 64;
const POOL_MAX = 10;

/** The engine's own, without the engine. */
type Statements = Pick<SearchIndex, 'find' | 'findWithFacets'>;

export const search: Scenario = {
  what: 'search among 100,000 events, typos, facets and places',
  async run(bench) {
    const events = bench.quick ? 500 : 100_000;
    const postgres = await startPostgres(bench.disk);
    const databaseUrl = await postgres.database('engine');
    let engine = await startEngine(databaseUrl);
    const database = openDatabase(databaseUrl, { poolMax: POOL_MAX });
    const index: Statements = postgresSearch(database.db, { positionOf: () => 0, waitFor: async () => {} });
    try {
      await writeCatalogue(databaseUrl, events, await makeHalls(engine.url));
      await untilProjected(engine.url);
      await engine.kill();
      await postgres.vacuum('engine');
      await leaveNothingToFollow(database);
      engine = await startEngine(databaseUrl);
      const questions = askedQuestions(bench.quick ? 100 : 2_000);
      await checkAnswers(engine.url, index, questions.slice(0, 50));
      await raceSearches(bench, { engine, index, questions, events });
      await reportFreshness(bench, engine.url);
    } finally {
      await database.close();
      await engine.kill();
      await postgres.stop();
    }
  },
};

/**
 * The catalogue was written so that its shows agree with their events. The worker that sees to that would look at each of
 * them all the same, for minutes and with half of the processor that searches are to be measured by.
 */
async function leaveNothingToFollow({ pool, db }: Database): Promise<void> {
  const { rows } = await pool.query<{ last: number }>('select max(position) as last from events');
  await new PostgresCheckpointStore(db).save(CATALOGUE_FOLLOWER, rows[0]!.last);
}

/** A question's page of the statements alone, with facets where it wants them. */
function directly(
  index: Statements,
  { facets, ...question }: Question,
): Promise<{ readonly data: readonly EventFound[]; readonly facets?: Facets }> {
  const search: EventSearch = { ...question, limit: 25, nowMs: Date.now() };
  return facets ? searchWithFacets(index, search) : searchEvents(index, search);
}

/** Over HTTP comes what the statements find and count; most questions find something, and what has facets is counted. */
async function checkAnswers(url: string, index: Statements, questions: readonly Question[]): Promise<void> {
  let empty = 0;
  for (const question of questions) {
    const path = pathOf(question);
    const { data, facets } = await call(url, 'GET', path);
    const found = await directly(index, question);
    const [served, direct] = [data, found.data].map((list) =>
      list.map(({ id }: { id: string }) => id).join(),
    );
    if (served !== direct) throw new Error(`${path}: ${served} over HTTP, ${direct} directly`);
    const [shown, counted] = [JSON.stringify(facets), JSON.stringify(found.facets)];
    if (shown !== counted) throw new Error(`${path}: ${shown} over HTTP, ${counted} directly`);
    const months = found.facets?.months.reduce((sum, { count }) => sum + count, 0);
    if (months !== undefined && months < found.data.length)
      throw new Error(`${path}: ${found.data.length} events on a page, ${months} counted in all months`);
    if (data.length === 0) empty += 1;
  }
  if (empty > questions.length / 2)
    throw new Error(`${empty} of ${questions.length} questions found nothing`);
}

interface Searching {
  readonly engine: Server;
  readonly index: Statements;
  readonly questions: readonly Question[];
  readonly events: number;
}

async function raceSearches(bench: Bench, { engine, index, questions, events }: Searching): Promise<void> {
  const amount = questions.length;
  const p99s: number[] = [];
  const peak = await peakOf(POOL_MAX, amount, (n) => directly(index, questions[n]!));
  const perSecond = Math.min(PER_SECOND_MAX, Math.max(1, Math.round(peak * LOADED_PART)));
  const fairseat: Side = {
    name: 'fairseat over HTTP',
    async run(round) {
      const requests = questions.map((question) => request('GET', pathOf(question)));
      const order = { url: engine.url, connections: CONNECTIONS, requests, perSecond };
      const { byStatus, latenciesMs } = await load(order);
      if (byStatus['200'] !== amount) throw new Error(JSON.stringify(byStatus));
      const p99 = percentile(latenciesMs, 0.99);
      if (round > 0) p99s.push(p99);
      return { value: p99, latency: { p50: percentile(latenciesMs, 0.5), p99 } };
    },
  };
  const sql: Side = {
    name: 'the same SQL by pg',
    async run() {
      const latenciesMs = await openLoop(perSecond, amount, (n) => directly(index, questions[n]!));
      const p99 = percentile(latenciesMs, 0.99);
      return { value: p99, latency: { p50: percentile(latenciesMs, 0.5), p99 } };
    },
  };
  await race(bench, {
    title: `Search among ${events.toLocaleString('en')} events, one in three with facets, ${perSecond}/s, open loop, p99`,
    unit: 'ms',
    sides: [fairseat, sql],
    asked: { [sql.name]: 1.3 },
    less: true,
  });
  bench.report.figure({
    title: 'Search',
    what: `p99 at ${perSecond}/s`,
    unit: 'ms',
    disk: bench.disk.name,
    value: spread(p99s),
    asked: { atMost: 25 },
  });
  bench.report.figure({
    title: 'Search',
    what: `questions a second that the statements alone answer, ${POOL_MAX} in flight`,
    unit: '/s',
    disk: bench.disk.name,
    value: spread([peak]),
  });
}

/** An event that is published now: how long until it is found? */
async function reportFreshness(bench: Bench, url: string): Promise<void> {
  const ms: number[] = [];
  const hall = await makeHall(url, 100);
  for (let n = 0; n < 20; n += 1) {
    const title = `Zarzuela${'abcdefghijklmnopqrst'[n]} premiere`;
    const { event } = await call(url, 'POST', '/v1/events', { title });
    await call(url, 'POST', `/v1/events/${event.id}/shows`, {
      venueId: hall.venueId,
      seatingPlanId: hall.planId,
      prices: { All: { amount: 100, currency: 'EUR' } },
      startsAt: new Date(Date.now() + 86_400_000).toISOString(),
    });
    await call(url, 'POST', `/v1/events/${event.id}/publish`, {});
    const published = performance.now();
    for (;;) {
      const { data } = await call(url, 'GET', `/v1/events?q=${title.split(' ')[0]}`);
      if (data.some(({ id }: { id: string }) => id === event.id)) break;
      if (performance.now() - published > 10_000) throw new Error(`${title} is not found after 10 s`);
    }
    ms.push(performance.now() - published);
  }
  bench.report.figure({
    title: 'Search',
    what: 'published to found, p99',
    unit: 'ms',
    disk: bench.disk.name,
    value: spread([percentile(ms, 0.99)]),
    asked: { atMost: 1_000 },
  });
}
