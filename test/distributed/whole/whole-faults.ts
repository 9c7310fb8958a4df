// What may go wrong with the servers and processes of the distributed profile while seats are sold, and is made good again.
import { setTimeout as sleep } from 'node:timers/promises';
import { SeatingPlanStore } from '../../../src/commands/seating-plan-store.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { allProjections } from '../../../src/projections/views/all.ts';
import { PartitionFeed } from '../../../src/projections/partition-feed.ts';
import { Projector } from '../../../src/projections/projector.ts';
import { done, openHall } from '../../api/hall.ts';
import { always, type Fault } from '../../linearizability/faults/fault.ts';
import { killBackend, killEngine, killPostgres } from '../../linearizability/faults/process-faults.ts';
import type { StandInFault } from '../../support/eventstoredb/faults.ts';
import { noOpenSearch } from '../../support/servers/opensearch-here.ts';
import { until, type WholeWorld } from './whole-world.ts';

type WholeFault = Fault<WholeWorld>;

const SHORT_MS = 3_000;
const AWAY_MS = 30_000;
const BETWEEN_SALES_MS = 2_000;

/** While something is away, a show is opened and a seat of it held, again and again; throws when one cannot be. */
async function sellsFor(world: WholeWorld, ms: number): Promise<number> {
  const began = performance.now();
  let sales = 0;
  do {
    const hall = await openHall(world.call);
    const body = { customerId: 'ada', seats: ['A-1'] };
    await done(world.call('POST', `${hall.path}/holds`, { body }), 201);
    sales += 1;
    await sleep(BETWEEN_SALES_MS);
  } while (performance.now() - began < ms);
  return sales;
}

const killRole = (role: string): WholeFault => ({
  name: `kill -9 of a ${role}`,
  forbidden: always,
  async strike(world, chance) {
    const struck = chance.pick(world.byRole(role));
    struck.kill();
    await struck.ready();
  },
});

const killBroker: WholeFault = {
  name: 'kill -9 of one broker of three',
  forbidden: always,
  async strike(world, chance) {
    const broker = chance.pick(world.kafka.nodes);
    await broker.stop('SIGKILL');
    await sellsFor(world, SHORT_MS);
    world.seen['with two brokers views caught up after ms'] = await world.caughtUp();
    await broker.start();
  },
};

const brokersAway = (ms: number): WholeFault => ({
  name: `all brokers away for ${ms / 1000} s`,
  forbidden: always,
  async strike(world) {
    await Promise.all(world.kafka.nodes.map((node) => node.stop()));
    world.seen['shows opened and sold meanwhile'] = await sellsFor(world, ms);
    await Promise.all(world.kafka.nodes.map((node) => node.start()));
    world.seen['views caught up after ms'] = await world.caughtUp();
  },
});

const openSearchAway = (ms: number, signal: NodeJS.Signals): WholeFault => ({
  name: `${signal === 'SIGKILL' ? 'kill -9 of OpenSearch,' : 'OpenSearch'} away for ${ms / 1000} s`,
  forbidden: () => noOpenSearch,
  async strike(world) {
    const [node] = world.search!.nodes;
    await node!.stop(signal);
    const statuses = new Set<string>();
    const looking = new AbortController();
    const look = async (): Promise<void> => {
      while (!looking.signal.aborted) {
        const answers = await Promise.all(world.engines.map(({ url }) => searchAt(url)));
        statuses.add(answers.join(' and '));
      }
    };
    const looks = look();
    world.seen['shows opened and sold meanwhile'] = await sellsFor(world, ms).finally(() => looking.abort());
    await looks;
    if ([...statuses].join() !== '503 and 200')
      throw new Error(`Without and with a fallback searches were ${[...statuses].join(', ')}.`);
    world.seen['searches meanwhile'] = [...statuses].join();
    await node!.start();
    await until('a search is answered', async () => (await searchAt(world.engines[0]!.url)) === 200);
    world.seen['index caught up after ms'] = await world.caughtUp();
  },
});

const searchAt = async (url: string): Promise<number> => (await fetch(`${url}/v1/events?q=symphony`)).status;

/** Every role is on it, not those alone that serve. */
const killPostgresOfAll: WholeFault = {
  ...killPostgres,
  strike: ({ processes, postgresPids }, chance) =>
    killPostgres.strike({ engines: processes, postgresPids }, chance),
};

const rebalances = (rounds: number): WholeFault => ({
  name: `a rebalance every second, ${rounds} times`,
  forbidden: always,
  async strike({ openFeed, db, log, seen }) {
    const feed = await openFeed();
    for (let round = 0; round < rounds; round += 1) {
      const guest = new Projector({
        db,
        log,
        clock: systemClock,
        projections: allProjections(log, new SeatingPlanStore(log)),
        feed: (ports) => new PartitionFeed(feed, ports),
      });
      await guest.start();
      await sleep(1_000);
      await guest.stop();
    }
    await feed.close();
    seen['members that came and went'] = rounds;
  },
});

/** Asked for one after another, and waited for: each comes to pass with the next call that it is for. */
const atTheStore = (name: string, faults: readonly StandInFault[]): WholeFault => ({
  name: `EventStoreDB (stand-in): ${name}`,
  forbidden: always,
  async strike({ store, seen }) {
    for (const fault of faults) {
      store.ask({ plan: [fault] });
      await until(`the store does ${JSON.stringify(fault)}`, async () => (await store.pending()) === 0);
    }
    seen['faults that happened'] = faults.length;
  },
});

const times = <T>(count: number, things: readonly T[]): T[] =>
  Array.from({ length: count }, () => things).flat();

const LOST_ACKS: readonly StandInFault[] = [
  { on: 'append', does: 'cut', after: 'writing' },
  { on: 'append', does: 'timeout', after: 'writing' },
  { on: 'append', does: 'unavailable', after: 'writing' },
  { on: 'append', does: 'silent', after: 'writing' },
];

/** A subscription gives its events once more, or breaks off after some: planned before the cut that makes followers ask anew. */
const DROPS: readonly StandInFault[] = [
  { on: 'append', does: 'cut' },
  { on: 'append', does: 'silent' },
  { on: 'append', does: 'unavailable' },
  { on: 'append', does: 'cut' },
];
const BROKEN_SUBSCRIPTIONS: readonly StandInFault[] = [
  { on: 'subscribe', does: 'cut', after: 20, stream: '$all' },
  { on: 'subscribe', does: 'end', after: 20, stream: '$all' },
  { on: 'subscribe', does: 'twice', stream: '$all' },
];

const dropSubscriptions = (rounds: number): WholeFault => ({
  name: 'EventStoreDB (stand-in): subscriptions that break off, end and repeat',
  forbidden: always,
  async strike({ store, seen }) {
    for (let round = 0; round < rounds; round += 1) {
      store.ask({ plan: [...BROKEN_SUBSCRIPTIONS, { on: 'append', does: 'cut' }] });
      await until('the store has broken them', async () => (await store.pending()) === 0);
    }
    seen['faults that happened'] = rounds * (BROKEN_SUBSCRIPTIONS.length + 1);
  },
});

const leaderChanges = (leaders: readonly number[]): WholeFault => ({
  name: `EventStoreDB (stand-in): the leader changes ${leaders.length} times`,
  forbidden: always,
  async strike(world) {
    const { store, seen } = world;
    for (const elect of leaders) {
      store.ask({ plan: [{ on: 'append', does: 'not-leader' }], elect });
      await until('the store has sent a writer on', async () => (await store.pending()) === 0);
      seen[`views caught up with node ${elect + 1} after ms`] = await world.caughtUp();
    }
  },
});

/** What `npm run faults` does, one after another, each followed by the full check. */
export const WHOLE_FAULTS: readonly WholeFault[] = [
  killBroker,
  brokersAway(AWAY_MS),
  openSearchAway(SHORT_MS, 'SIGKILL'),
  openSearchAway(AWAY_MS, 'SIGTERM'),
  { ...killEngine, name: 'kill -9 of an api' },
  killRole('worker'),
  killRole('relay'),
  killRole('projector'),
  killPostgresOfAll,
  killBackend,
  rebalances(20),
  atTheStore('acknowledgements lost', times(4, LOST_ACKS)),
  atTheStore('calls dropped', times(4, DROPS)),
  dropSubscriptions(4),
  leaderChanges([1, 2, 0, 2, 0]),
];
