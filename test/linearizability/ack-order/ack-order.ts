// Whether an acknowledgement ever leaves before its commit is on the disk. For each one: Postgres' flushed position, asked
// while the engine did not yet know of the commit, against the end of the commit's own record in the WAL.
import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf } from '../../api/client.ts';
import { openHall } from '../../api/hall.ts';
import type { ShowOnSale } from '../history.ts';
import { Chance } from '../recorder/chance.ts';
import { serveCustomer } from '../recorder/customers.ts';
import { HttpCaller } from '../recorder/http-caller.ts';
import { Recorder } from '../recorder/recorder.ts';
import { ADMIN_KEY } from '../world/engine-process.ts';
import { openWorld } from '../world/world.ts';
import { AppendAnswers, type Sample } from './append-answers.ts';
import { Wal } from './wal.ts';

export interface AckOrder {
  /** Answers that acknowledged events. */
  readonly acknowledgements: number;
  readonly appends: number;
  /** Answers before the log was flushed past their commit, or before the engine can have known of it. */
  readonly tooEarly: number;
  /** Acknowledged events whose commit or append was not seen: nothing is proven of them. */
  readonly unseen: number;
}

const CLIENTS = 64;
const SECONDS_MAX = 900;

/** @param synchronousCommit `off` shows that the check sees: acknowledgements then leave too early. */
export async function ackOrder(acknowledgements: number, synchronousCommit: 'on' | 'off'): Promise<AckOrder> {
  const answers = new AppendAnswers();
  const world = await openWorld({
    engines: 1,
    postgresSettings: { synchronous_commit: synchronousCommit, wal_writer_delay: '1s' },
    watch: (bytes, connection) => answers.watch(bytes, connection),
  });
  try {
    const wal = await Wal.connect(world.databaseUrl);
    const shows = await openShows(world.engines[0]!.url);
    const from = await wal.insertedTo();
    answers.wal = wal;
    const began = performance.now();
    const acked = await collect(world.engines[0]!.url, shows, acknowledgements, began);
    answers.wal = null;
    await sleep(1_200);
    const commits = await wal.commitsSince(from);
    await wal.close();
    return compare(acked, answers.samples, commits, began);
  } finally {
    await world.stop();
  }
}

async function openShows(url: string): Promise<ShowOnSale[]> {
  const SHOWS = 8;
  const SEATS = 60;
  const shows: ShowOnSale[] = [];
  while (shows.length < SHOWS) {
    const { showId } = await openHall(
      clientOf(() => url, ADMIN_KEY),
      { seats: SEATS, floor: 20, holdTtlMs: 5_000 },
    );
    shows.push({ id: showId, seats: Array.from({ length: SEATS }, (_, i) => `A-${i + 1}`), places: 20 });
  }
  return shows;
}

/** The last position of an acknowledged command's own events would do; the answer's is the whole append's. */
interface Acknowledged {
  readonly position: number;
  readonly returnedAt: number;
}

/** `began`: what the times of the answers count from, the same moment as for those of the samples. */
async function collect(
  url: string,
  shows: readonly ShowOnSale[],
  wanted: number,
  began: number,
): Promise<Acknowledged[]> {
  const chance = new Chance(1);
  const caller = new HttpCaller({ url: () => url, apiKey: ADMIN_KEY, timeOutMs: 10_000, name: 'ack-order' });
  const now = (): number => performance.now() - began;
  const recorder = new Recorder({
    send: (request) => caller.send(request),
    now,
    sleep: (ms) => sleep(ms),
    chance,
  });
  const acknowledged = (): Acknowledged[] =>
    recorder.attempts.flatMap(({ answer, returnedAt, asked }) =>
      answer.kind === 'done' && answer.position !== undefined && !asked.does.startsWith('read-')
        ? [{ position: answer.position, returnedAt: returnedAt! }]
        : [],
    );
  let enough = false;
  const client = async (n: number): Promise<void> => {
    while (!enough && now() < SECONDS_MAX * 1_000)
      await serveCustomer({
        chance,
        show: () => chance.pick(shows),
        ask: (showId, asked) => recorder.ask(n, showId, asked),
        pause: (ms) => sleep(ms),
      });
  };
  const counting = (async () => {
    while (!(enough = acknowledged().length >= wanted) && now() < SECONDS_MAX * 1_000) await sleep(100);
  })();
  await Promise.all([counting, ...Array.from({ length: CLIENTS }, (_, n) => client(n))]);
  caller.close();
  return acknowledged();
}

function compare(
  acked: readonly Acknowledged[],
  samples: readonly Sample[],
  commits: ReadonlyMap<number, number>,
  began: number,
): AckOrder {
  const inOrder = samples.toSorted((a, b) => a.head - b.head);
  let tooEarly = 0;
  let unseen = 0;
  for (const { position, returnedAt } of acked) {
    const sample = lastBefore(inOrder, position);
    const commit = commits.get(position);
    if (sample === undefined || commit === undefined) unseen += 1;
    else if (sample.flushedTo < commit || began + returnedAt < sample.passedOnAt) tooEarly += 1;
  }
  return { acknowledgements: acked.length, appends: samples.length, tooEarly, unseen };
}

/** The append that wrote a position is the last one whose head lies before it. */
function lastBefore(samples: readonly Sample[], position: number): Sample | undefined {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle]!.head < position) low = middle + 1;
    else high = middle;
  }
  return samples[low - 1];
}
