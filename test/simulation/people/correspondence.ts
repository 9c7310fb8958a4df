// How people's requests travel: to some process, over a line that loses and doubles, with retries under the same key until
// there is an answer. Every answer that a process gives is judged as it is given, whether or not it arrives.
import type { Answer, Asking } from '../engine/front-door.ts';
import type { SimulatedProcess } from '../engine/simulated-process.ts';
import { mixed, type Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import { Actor, type Scheduler } from '../kernel/scheduler.ts';

const ATTEMPTS_MAX = 4;
const TIMEOUT_MS = 2_500;

export type Verdict = 'done' | 'refused' | 'open' | 'notDone';

/** A request with all that is known of it. */
export interface Letter {
  readonly asking: Asking;
  readonly keyed: boolean;
  /** The answer of success that came first. */
  answer: Answer | null;
  /** Code of the last refusal. */
  refusal: string | null;
  /** Some attempt may have been done, as far as its sender knows. */
  open: boolean;
  /** A request with the same key and another body, sent after the first was done. */
  readonly reuses: boolean;
}

export const letterOf = (asking: Asking, reuses = false): Letter => ({
  asking,
  keyed: asking.headers['idempotency-key'] !== undefined,
  answer: null,
  refusal: null,
  open: false,
  reuses,
});

export interface Post {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly chance: Chance;
  /** Share of requests that go where their show is at home. */
  readonly affinity: number;
  readonly processes: () => readonly SimulatedProcess[];
  /** Notes what is true as a request arrives, and gives what judges its answer against it. */
  readonly judge: (letter: Letter) => (answer: Answer, process: SimulatedProcess) => void;
  readonly tell: (line: () => string) => void;
}

export class Correspondence {
  readonly actor = new Actor('people');
  readonly #post: Post;

  constructor(post: Post) {
    this.#post = post;
  }

  /** Sends until there is a verdict or patience ends. `atOnce`: the first attempt arrives this very moment. */
  async send(letter: Letter, { atOnce = false, attempts = ATTEMPTS_MAX } = {}): Promise<Verdict> {
    const { chance, faults } = this.#post;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await this.#pause(20 + 400 * chance.next(), 'thinks again');
      const verdict = await this.#attempt(letter, atOnce && attempt === 0);
      if (verdict === 'open') letter.open = true;
      if (
        (verdict === 'done' || verdict === 'refused') &&
        !(letter.keyed && faults.strikes('answerForgotten'))
      )
        return verdict;
    }
    return letter.answer ? 'done' : letter.open ? 'open' : 'notDone';
  }

  async #attempt(letter: Letter, atOnce: boolean): Promise<Verdict> {
    const { faults, chance, scheduler } = this.#post;
    const process = this.#someProcess(letter);
    if (!atOnce) await this.#pause(3 * chance.next(), 'sends a request');
    if (process === undefined || !process.serving) return 'notDone';
    if (faults.strikes('requestLost')) {
      await this.#pause(TIMEOUT_MS, 'waits in vain');
      return 'open';
    }
    if (letter.keyed && faults.strikes('requestDuplicated')) {
      letter.open = true;
      void this.#ask(letter, this.#someProcess(letter) ?? process);
    }
    return new Promise((resolve) => {
      const callOff = scheduler.after(TIMEOUT_MS, this.actor, 'gives up', () => resolve('open'));
      void this.#ask(letter, process).then((verdict) => {
        if (faults.strikes('answerLost')) return;
        callOff();
        resolve(verdict);
      });
    });
  }

  /** What the process says; never, if it dies before it does. */
  async #ask(letter: Letter, process: SimulatedProcess): Promise<Verdict> {
    const { judge, tell } = this.#post;
    const { asking } = letter;
    tell(() => `${asking.id} asks ${process.actor.name}: ${sentence(asking)}`);
    const judgement = judge(letter);
    const answer = await process.door.ask(asking);
    tell(() => `${asking.id} is told by ${process.actor.name}: ${gist(answer)}`);
    judgement(answer, process);
    if (answer.status < 400) {
      letter.answer ??= answer;
      return 'done';
    }
    const { code, detail } = answer.body as { code: string; detail: string };
    if (answer.status < 500) {
      letter.refusal = code;
      return 'refused';
    }
    return answer.status === 500 || detail.includes('It may have been done') ? 'open' : 'notDone';
  }

  #someProcess({ asking: { params } }: Letter): SimulatedProcess | undefined {
    const { processes, chance, affinity } = this.#post;
    const all = processes();
    if (all.length === 0) return undefined;
    const { showId } = params;
    const atHome = showId !== undefined && chance.happens(affinity);
    return atHome ? all[(mixed(0, showId) >>> 0) % all.length] : chance.pick(all);
  }

  #pause(ms: number, what: string): Promise<void> {
    return this.#post.scheduler.pause(ms, this.actor, what);
  }
}

function sentence({ operation, principal, params, body, headers }: Asking): string {
  const { showId, ...others } = params;
  const what = { ...others, ...body };
  const match = headers['if-match'] === undefined ? '' : ` if-match ${headers['if-match']}`;
  return `${principal.clientId} ${operation} ${showId?.slice(0, 8) ?? ''} ${JSON.stringify(what)}${match}`;
}

function gist({ status, headers, body }: Answer): string {
  const { code, detail, revision, hold, booking, entry } = (body ?? {}) as Record<string, never>;
  const thing = (hold ?? booking ?? entry) as { id: string; status: string; seats?: string[] } | undefined;
  const replayed = headers['idempotent-replayed'] ? ' replayed' : '';
  const what = thing ? ` ${thing.id} ${thing.status} ${thing.seats?.join(' ') ?? ''}` : '';
  return `${status}${replayed}${code ? ` ${String(code)}: ${String(detail)}` : ` at ${String(revision)}${what}`}`;
}
