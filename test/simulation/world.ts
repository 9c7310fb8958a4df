// One run of the simulated world, from one script: it is set up, people and faults have their way, everything heals, and when
// all has come to rest it is judged as a whole. The same script gives the same run, step by step.
import { MemoryCheckpointStore } from '../../src/adapters/memory/memory-checkpoint-store.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { noCommandMetrics, type CommandMetrics } from '../../src/ports/metrics.ts';
import { engineFleet } from './engine/fleet.ts';
import type { Outside, SimulatedProcess } from './engine/simulated-process.ts';
import { Chance, mixed } from './kernel/chance.ts';
import { Faults } from './kernel/faults.ts';
import type { Fleet } from './kernel/fleet.ts';
import { Scheduler } from './kernel/scheduler.ts';
import { Trace } from './kernel/trace.ts';
import { LogServer } from './log/log-server.ts';
import { Correspondence } from './people/correspondence.ts';
import type { PlacedShow } from './people/asking.ts';
import { hallOf, type Hall } from './people/hall.ts';
import { People } from './people/people.ts';
import type { Script } from './people/script.ts';
import { setUp } from './people/season.ts';
import { Ending } from './referee/ending.ts';
import { Judgement } from './referee/judgement.ts';
import { Referee } from './referee/referee.ts';
import { Verdicts } from './referee/verdicts.ts';
import type { Violation } from './referee/violation.ts';
import { ReadStore } from './store/read-store.ts';

export interface Run {
  readonly seed: number;
  readonly digest: string;
  /** What was broken, first; null: nothing. */
  readonly violation: Violation | null;
  /** How often what happened. */
  readonly counts: ReadonlyMap<string, number>;
  readonly steps: number;
  /** Those that got a verdict in some process; one sent again counts again. */
  readonly commands: number;
  readonly lines: readonly string[];
}

export const run = (script: Script, { tell = false } = {}): Promise<Run> => new World(script, tell).run();

class World {
  readonly #script: Script;
  readonly #chance: Chance;
  readonly #trace: Trace;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #server: LogServer;
  readonly #referee: Referee;
  readonly #counts = new Map<string, number>();
  readonly #halls = new Map<string, Hall>();
  readonly #shows: PlacedShow[] = [];
  readonly #poison: number;
  readonly #outside: Outside;
  readonly #fleet: Fleet<SimulatedProcess>;
  readonly #people: People;
  readonly #ending: Ending;
  readonly #judgement: Judgement;
  #commands = 0;

  constructor(script: Script, tell: boolean) {
    this.#script = script;
    const chance = (this.#chance = new Chance(script.seed, 'world'));
    this.#trace = new Trace(tell);
    const scheduler = (this.#scheduler = new Scheduler(chance.split('scheduler'), this.#trace));
    this.#judgement = new Judgement(scheduler, this.#trace);
    const count = (what: string) => void this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    const faults = (this.#faults = new Faults(script.rates, chance.split('faults'), count));
    this.#poison = script.rates.poisonEvent ?? 0;
    this.#referee = new Referee((id) => this.#halls.get(id)!, count);
    const server = (this.#server = new LogServer(scheduler, (events) => this.#committed(events), count));
    const store = new ReadStore(scheduler);
    const line = (text: () => string) => this.#trace.tell(scheduler.nowMs, text);
    this.#outside = {
      scheduler,
      faults,
      server,
      store,
      count,
      limits: script.limits,
      projects: script.projects,
      shelf: new Map(),
      checkpoints: new MemoryCheckpointStore(),
      poisoned: (event) => this.#poisoned(event),
      metrics: this.#metrics(count),
      onBug: (error) => this.#judgement.broken(error),
    };
    this.#fleet = engineFleet(this.#outside, chance.split('fleet'), line);
    const processes = () => this.#fleet.present;
    const verdicts = new Verdicts(this.#referee, () => server.events.length, count);
    const post = new Correspondence({
      scheduler,
      faults,
      processes,
      tell: line,
      affinity: script.affinity,
      chance: chance.split('post'),
      judge: (letter) => {
        const judgement = verdicts.arrived(letter);
        return (answer) => {
          this.#trace.fact(`${letter.asking.id} ${answer.status}`);
          this.#judgement.judge(() => judgement(answer));
        };
      },
    });
    const referee = this.#referee;
    const crowd = { scheduler, faults, post, referee, shows: this.#shows, processes };
    this.#people = new People({ ...crowd, chance: chance.split('people') });
    this.#ending = new Ending({ ...this.#outside, referee, post, processes, people: this.#people });
  }

  async run(): Promise<Run> {
    const { lengthMs, wishes, mishaps, processes } = this.#script;
    const judgement = this.#judgement;
    await judgement.over(async () => {
      // Nothing goes wrong before there is something to lose.
      this.#faults.healed = true;
      this.#fleet.found(processes);
      await judgement.until(Promise.all(this.#fleet.present.map((process) => process.start())));
      await judgement.until(this.#setUp());
      this.#faults.healed = false;
      const { nowMs } = this.#scheduler;
      this.#people.plan(wishes, nowMs);
      this.#fleet.plan(mishaps, nowMs);
      await this.#scheduler.run(nowMs + lengthMs);
      this.#heal();
      const rested = this.#ending.comeToRest(() => this.#scheduler.stopped);
      await judgement.until(rested);
      if (!judgement.violation) await judgement.until(this.#ending.judge());
    });
    return {
      seed: this.#script.seed,
      digest: this.#trace.digest,
      violation: judgement.violation,
      counts: this.#counts,
      steps: this.#scheduler.steps,
      commands: this.#commands,
      lines: this.#trace.lines,
    };
  }

  async #setUp(): Promise<void> {
    const chance = this.#chance.split('season');
    const hallFor = (planId: string, hall: Hall) => void this.#halls.set(planId, hall);
    const made = await setUp(this.#fleet.present[0]!, this.#script.shows, chance, hallOf, hallFor);
    this.#shows.push(...made);
  }

  #heal(): void {
    this.#trace.tell(this.#scheduler.nowMs, () => '*** everything heals');
    this.#faults.healed = true;
    this.#server.heal();
    this.#outside.store.heal();
    this.#fleet.heal();
    this.#ending.passTheLatest();
  }

  #committed(events: readonly RecordedEvent[]): void {
    for (const { id, stream, revision, type, data, metadata } of events) {
      this.#trace.fact(id);
      this.#trace.tell(
        this.#scheduler.nowMs,
        () =>
          `      log ${stream.slice(0, 13)} ${revision} ${type} ${JSON.stringify(data)} at ${metadata.at.slice(11, 23)}`,
      );
    }
    this.#judgement.judge(() => this.#referee.judge(events));
  }

  /** Some events cannot be handled for now, the same ones by every process. */
  #poisoned({ id }: RecordedEvent): boolean {
    if (this.#faults.healed || this.#poison === 0) return false;
    const strikes = (mixed(this.#script.seed, id) >>> 0) / 4_294_967_296 < this.#poison;
    if (strikes) this.#faults.struck('poisonEvent');
    return strikes;
  }

  #metrics(count: (what: string) => void): CommandMetrics {
    return {
      ...noCommandMetrics,
      commandDone: (kind, outcome) => {
        this.#commands += 1;
        count(`command ${kind} ${outcome === 'accepted' ? 'accepted' : 'otherwise'}`);
        if (outcome === 'Overloaded' || outcome === 'DeadlineExceeded') count(`rare ${outcome}`);
      },
      conflict: () => count('rare conflict'),
      unknownOutcome: (resolved) => count(resolved ? 'rare unknown resolved' : 'rare unknown unresolved'),
      stateLoaded: (_events, snapshot) => count(`rare snapshot ${snapshot}`),
    };
  }
}
