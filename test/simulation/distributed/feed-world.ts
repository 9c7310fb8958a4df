// One run of the distributed world, from one script: events are written, relays publish them, projectors and indexers build
// views and index from what is published, faults have their way, everything heals, and what has come of it is judged.
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { Chance, mixed } from '../kernel/chance.ts';
import { Faults } from '../kernel/faults.ts';
import type { Fleet } from '../kernel/fleet.ts';
import { Scheduler, type Actor } from '../kernel/scheduler.ts';
import { Trace } from '../kernel/trace.ts';
import { LogServer } from '../log/log-server.ts';
import { Judgement } from '../referee/judgement.ts';
import { ReadStore } from '../store/read-store.ts';
import type { Run } from '../world.ts';
import { FeedEnding } from './feed-ending.ts';
import type { FeedScript } from './feed-script.ts';
import { FeedServer } from './feed-server.ts';
import { IndexServer } from './index-server.ts';
import type { EngineNode, Surroundings } from './node.ts';
import { nodeFleet } from './node-fleet.ts';
import { Season } from './season.ts';
import { Witness } from './witness.ts';

export const runDistributed = (script: FeedScript, { tell = false } = {}): Promise<Run> =>
  new FeedWorld(script, tell).run();

class FeedWorld {
  readonly #script: FeedScript;
  readonly #trace: Trace;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #judgement: Judgement;
  readonly #counts = new Map<string, number>();
  readonly #witness: Witness;
  readonly #outside: Surroundings;
  readonly #nodes: Fleet<EngineNode>;
  readonly #season: Season;
  readonly #ending: FeedEnding;

  constructor(script: FeedScript, tell: boolean) {
    this.#script = script;
    const chance = new Chance(script.seed, 'distributed world');
    const trace = (this.#trace = new Trace(tell));
    const scheduler = (this.#scheduler = new Scheduler(chance.split('scheduler'), trace));
    const judgement = (this.#judgement = new Judgement(scheduler, trace));
    const count = (what: string) => void this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    const faults = (this.#faults = new Faults(script.rates, chance.split('faults'), count));
    const witness = (this.#witness = new Witness(script.partitions, () => this.#outside.store, count));
    const server = new LogServer(scheduler, (events) => this.#logged(events), count);
    this.#outside = {
      scheduler,
      faults,
      server,
      count,
      store: new ReadStore(scheduler, (changes, by) => judgement.judge(() => witness.committed(changes, by))),
      broker: new FeedServer(scheduler, script.partitions, (p, record) => this.#recorded(p, record), count),
      index: new IndexServer(scheduler, count),
      poisoned: (event) => this.#poisoned(event),
      onPublish: (actor) => this.#publishing(actor),
      onBug: (error) => judgement.broken(error),
    };
    const line = (text: () => string) => trace.tell(scheduler.nowMs, text);
    this.#nodes = nodeFleet(this.#outside, chance.split('nodes'), line);
    this.#season = new Season(server, scheduler, chance.split('season'), script.shows);
    this.#ending = new FeedEnding({ ...this.#outside, witness, nodes: () => this.#nodes.present });
  }

  async run(): Promise<Run> {
    const { lengthMs, wishes, mishaps, processes, seed } = this.#script;
    const [judgement, scheduler] = [this.#judgement, this.#scheduler];
    await judgement.over(async () => {
      // Nothing goes wrong before there is something to lose.
      this.#faults.healed = true;
      await judgement.until(this.#season.open());
      this.#nodes.found(processes);
      for (const index of this.#nodes.present.keys()) this.#nodes.begin(index);
      this.#faults.healed = false;
      this.#season.plan(wishes, scheduler.nowMs);
      this.#nodes.plan(mishaps, scheduler.nowMs);
      await scheduler.run(scheduler.nowMs + lengthMs);
      this.#heal();
      await judgement.until(this.#ending.comeToRest(() => scheduler.stopped));
      judgement.judge(() => this.#ending.judge());
    });
    return {
      seed,
      digest: this.#trace.digest,
      violation: judgement.violation,
      counts: this.#counts,
      steps: scheduler.steps,
      commands: this.#outside.server.events.length,
      lines: this.#trace.lines,
    };
  }

  #heal(): void {
    this.#trace.tell(this.#scheduler.nowMs, () => '*** everything heals');
    this.#faults.healed = true;
    for (const server of [
      this.#outside.server,
      this.#outside.store,
      this.#outside.broker,
      this.#outside.index,
    ])
      server.heal();
    this.#nodes.heal();
    // What has lain for too long goes all the same, and now no news may come that would show it.
    if (this.#script.mishaps.some(({ kind }) => kind === 'retention'))
      this.#outside.broker.forgetAtNextBegin();
  }

  #logged(events: readonly RecordedEvent[]): void {
    for (const { id, stream, revision, position, type } of events) {
      this.#trace.fact(id);
      this.#line(() => `      log ${position} ${stream.slice(0, 13)} ${revision} ${type}`);
    }
    this.#judgement.judge(() => this.#witness.logged(events));
  }

  #recorded(partition: number, record: RecordedEvent): void {
    this.#trace.fact(record.id);
    this.#line(() => `      feed ${partition}: ${record.position}`);
    this.#judgement.judge(() => this.#witness.recorded(partition, record));
  }

  #publishing(actor: Actor): void {
    const node = this.#nodes.present.find((one) => one.actor === actor)!;
    this.#line(() => `${actor.name} publishes`);
    if (!this.#faults.healed) node.does('publishes');
    if (node.clock.offsetMs >= 0) this.#judgement.judge(() => this.#witness.publishing(actor));
  }

  #line(text: () => string): void {
    this.#trace.tell(this.#scheduler.nowMs, text);
  }

  /** Some events cannot be handled for now, the same ones by every process. */
  #poisoned({ id }: RecordedEvent): boolean {
    const probability = this.#script.rates.poisonEvent ?? 0;
    if (this.#faults.healed || probability === 0) return false;
    const strikes = (mixed(this.#script.seed, id) >>> 0) / 4_294_967_296 < probability;
    if (strikes) this.#faults.struck('poisonEvent');
    return strikes;
  }
}
