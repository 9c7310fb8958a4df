// Virtual time. Whatever waits in the simulated world waits here; the scheduler takes the next that is due, lets its owner
// go on, drains every microtask by a real turn of the event loop, and only then takes another. A dead owner never goes on:
// that is what a crash is.
import type { Chance } from './chance.ts';
import type { Trace } from './trace.ts';

/** Whoever acts: one life of a process, a server, a customer. */
export class Actor {
  readonly name: string;
  alive = true;
  /** Until then nothing of it goes on, as under SIGSTOP. */
  stalledUntilMs = 0;

  constructor(name: string) {
    this.name = name;
  }
}

interface Waiting {
  atMs: number;
  /** Decides between those that are due at one time; drawn, so that the order of asking does not. */
  readonly tie: number;
  readonly actor: Actor;
  readonly what: string;
  /** null: called off. */
  run: (() => void) | null;
}

/** Asked for together: between two of them all microtasks are drained as well, and the event loop need not go round for each. */
const TURNS = 64;
let turnsLeft = 0;
const waitingForTurn: (() => void)[] = [];

/** Resolves when nothing can go on by itself any more. */
function turn(): Promise<void> {
  if (turnsLeft <= waitingForTurn.length)
    for (; turnsLeft < TURNS; turnsLeft += 1)
      setImmediate(() => {
        turnsLeft -= 1;
        waitingForTurn.shift()?.();
      });
  return new Promise((resolve) => void waitingForTurn.push(resolve));
}

export class Scheduler {
  /** Of the world, ms since its beginning; with fractions. */
  nowMs = 0;
  steps = 0;
  /** Ends `run` after the step in progress. */
  stopped = false;
  readonly #chance: Chance;
  readonly #trace: Trace;
  readonly #heap: Waiting[] = [];

  constructor(chance: Chance, trace: Trace) {
    this.#chance = chance;
    this.#trace = trace;
  }

  /** Has `run` called in `ms`, unless its actor dies before; gives what calls it off. */
  after(ms: number, actor: Actor, what: string, run: () => void): () => void {
    const waiting: Waiting = {
      atMs: this.nowMs + Math.max(0, ms),
      tie: this.#chance.next(),
      actor,
      what,
      run,
    };
    this.#push(waiting);
    return () => void (waiting.run = null);
  }

  /** Resolves in `ms`; never, if the actor dies before. */
  pause(ms: number, actor: Actor, what: string): Promise<void> {
    return new Promise((resolve) => void this.after(ms, actor, what, resolve));
  }

  /** Lets the world go on until that time, or until `enough` says so. */
  async run(untilMs: number, enough: () => boolean = () => false): Promise<void> {
    await turn();
    while (!this.stopped && !enough()) {
      const next = this.#heap[0];
      if (!next || next.atMs > untilMs) break;
      this.#pop();
      if (next.run === null || !next.actor.alive) continue;
      if (next.actor.stalledUntilMs > next.atMs) {
        next.atMs = next.actor.stalledUntilMs;
        this.#push(next);
        continue;
      }
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.steps += 1;
      this.#trace.step(this.nowMs, next.actor.name, next.what);
      next.run();
      await turn();
    }
    if (!this.stopped && untilMs !== Infinity && !enough()) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** All clocks go on at once; what was due meanwhile comes late. */
  leap(ms: number): void {
    this.nowMs += ms;
  }

  #push(waiting: Waiting): void {
    const heap = this.#heap;
    let i = heap.push(waiting) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(waiting, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = waiting;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = i * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

const before = (a: Waiting, b: Waiting): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.tie < b.tie);
