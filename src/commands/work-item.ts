// One command or read on its way through a writer: what was asked, what its turn in the batch gave, and the promise
// that is kept only after the commit.
import type { Rejection } from '../domain/rejection.ts';
import { Fault } from '../ports/fault.ts';
import type { CommandMetrics } from '../ports/metrics.ts';
import type { CommandContext, Outcome } from './command.ts';

/** A linearizable look at a state. */
export interface ReadResult<T> {
  readonly value: T;
  /** Of the stream; −1 where there is none. */
  readonly revision: number;
  /** A view that has reached it shows at least this. */
  readonly position: number;
}

/** What a command asks, with who asks; null is a read. */
export interface Asked<C> {
  readonly command: C;
  readonly context: CommandContext;
}

type Settle = (result: Outcome<unknown> | ReadResult<unknown>) => void;

export class WorkItem<S, C extends { readonly kind: string }> {
  readonly asked: Asked<C> | null;
  readonly view: (state: S, nowMs: number) => unknown;
  /** Answered already: later turns and commits pass it by. */
  done = false;
  /** Whether the batch in hand has events of its command: its own, `AlreadySo`, or those of the same command sent twice. */
  written = false;
  #changed = false;
  #replayed = false;
  #rejection: Rejection | null = null;
  #value: unknown = undefined;
  #revision = -1;
  readonly #resolve: Settle;
  readonly #reject: (error: unknown) => void;

  constructor(
    asked: Asked<C> | null,
    view: (state: S, nowMs: number) => unknown,
    resolve: Settle,
    reject: (error: unknown) => void,
  ) {
    this.asked = asked;
    this.view = view;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Never sent away before the others: confirming a live hold. */
  get priority(): boolean {
    return this.asked?.context.priority === true;
  }

  /** The decision was refused; not told before the commit, because the state it rests on may be out of date. */
  refused(rejection: Rejection): void {
    this.written = false;
    this.#changed = false;
    this.#rejection = rejection;
  }

  /** The decision was accepted, found done before (`replayed`), or it is a read. */
  answered(
    value: unknown,
    revision: number,
    { changed, replayed, written }: { changed: boolean; replayed: boolean; written: boolean },
  ): void {
    this.#rejection = null;
    this.#value = value;
    this.#revision = revision;
    this.written = written;
    this.#changed = changed;
    this.#replayed = replayed;
  }

  /** Keeps the promise: what it rests on is durable, and nothing was written before it that it has not seen. */
  settle(position: number, metrics: CommandMetrics): void {
    if (this.done) return;
    this.done = true;
    if (this.asked === null) {
      this.#resolve({ value: this.#value, revision: this.#revision, position });
      return;
    }
    const { kind } = this.asked.command;
    if (this.#rejection !== null) {
      metrics.commandDone(kind, this.#rejection.code);
      this.#resolve({ ok: false, rejection: this.#rejection });
      return;
    }
    const [changed, replayed] = [this.#changed, this.#replayed];
    metrics.commandDone(kind, replayed ? 'replayed' : changed ? 'accepted' : 'unchanged');
    this.#resolve({ ok: true, value: this.#value, revision: this.#revision, position, replayed, changed });
  }

  /** Breaks the promise with a Fault, or with the error of a bug. */
  fail(error: unknown, metrics: CommandMetrics): void {
    if (this.done) return;
    this.done = true;
    if (this.asked !== null)
      metrics.commandDone(this.asked.command.kind, error instanceof Fault ? error.code : 'Error');
    this.#reject(error);
  }
}
