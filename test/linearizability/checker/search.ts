// Is there one order of these operations, each at some moment between its call and its return, in which every answer is
// right? The search of Wing and Gong with Lowe's memory of configurations that were tried before.

export interface Operation {
  readonly calledAt: number;
  /** Infinity: it never returned, and may have happened at any time since, or not at all. */
  readonly returnedAt: number;
  /** Where the order is probably known (a revision): tried first, believed never. */
  readonly hint?: number;
}

export interface Model<S, O extends Operation> {
  readonly initial: S;
  /** The state after the operation; null: it cannot have had this answer in this state. */
  step(state: S, operation: O): S | null;
  /** Equal for equal states. */
  keyOf(state: S): string;
  /** Whether it never changes the state, whatever the state is. */
  isObservation(operation: O): boolean;
}

/** Where the search got to at best: `stuck` fits behind `done` in no order. */
export interface DeadEnd<S, O> {
  readonly state: S;
  readonly done: readonly O[];
  readonly stuck: O;
}

export type Finding<S, O> =
  | { readonly kind: 'linearizable'; readonly configurations: number }
  | { readonly kind: 'impossible'; readonly configurations: number; readonly deadEnd: DeadEnd<S, O> }
  /** Too many configurations: no verdict. */
  | { readonly kind: 'undecided'; readonly configurations: number; readonly deadEnd: DeadEnd<S, O> };

const CONFIGURATIONS_MAX = 2_000_000;

/** Searches all orders. A configuration is remembered by 64 random bits for each operation in it; a chance hit could only
 * make a good history look bad, so a bad verdict is found twice, with other bits, before it is given. */
export function search<S, O extends Operation>(operations: readonly O[], model: Model<S, O>): Finding<S, O> {
  const first = new Search(operations, model, 1).run();
  return first.kind === 'impossible' ? new Search(operations, model, 2).run() : first;
}

interface Frame<S> {
  readonly state: S;
  /** The operation that led here; −1 for the first. */
  readonly by: number;
  /** Observations that were right in this state, taken at once: they change nothing, so taking them can only help. */
  readonly observed: readonly number[];
  readonly candidates: readonly number[];
  next: number;
}

class Search<S, O extends Operation> {
  readonly #operations: readonly O[];
  readonly #model: Model<S, O>;
  readonly #byCall: Links;
  readonly #byReturn: Links;
  readonly #open: Links;
  readonly #byHint: Links;
  readonly #bits: Int32Array;
  readonly #seen = new Set<string>();
  readonly #stack: Frame<S>[] = [];
  #high = 0;
  #low = 0;
  #best: { returnedAt: number; deadEnd: DeadEnd<S, O> } | null = null;

  constructor(operations: readonly O[], model: Model<S, O>, seed: number) {
    this.#operations = operations;
    this.#model = model;
    const all = operations.map((_, i) => i);
    const closed = all.filter((i) => operations[i]!.returnedAt !== Infinity);
    const by = (order: (o: O) => number) => (a: number, b: number) =>
      order(operations[a]!) - order(operations[b]!);
    const size = operations.length;
    this.#byCall = new Links(closed.toSorted(by((o) => o.calledAt)), size);
    this.#byReturn = new Links(closed.toSorted(by((o) => o.returnedAt)), size);
    this.#open = new Links(
      all.filter((i) => operations[i]!.returnedAt === Infinity).toSorted(by((o) => o.calledAt)),
      size,
    );
    this.#byHint = new Links(
      all.filter((i) => operations[i]!.hint !== undefined).toSorted(by((o) => o.hint!)),
      size,
    );
    this.#bits = randomBits(size * 2, seed);
  }

  run(): Finding<S, O> {
    this.#enter(this.#model.initial, -1);
    for (;;) {
      if (this.#byReturn.empty) return { kind: 'linearizable', configurations: this.#seen.size };
      const frame = this.#stack.at(-1);
      const kind =
        frame === undefined ? 'impossible' : this.#seen.size > CONFIGURATIONS_MAX ? 'undecided' : null;
      if (frame === undefined || kind !== null)
        return { kind: kind!, configurations: this.#seen.size, deadEnd: this.#best!.deadEnd };
      const candidate = frame.candidates[frame.next];
      frame.next += 1;
      if (candidate === undefined) this.#leave();
      else this.#try(frame, candidate);
    }
  }

  #try(frame: Frame<S>, candidate: number): void {
    const after = this.#model.step(frame.state, this.#operations[candidate]!);
    if (after === null) return;
    this.#take(candidate);
    const key = `${this.#high},${this.#low},${this.#model.keyOf(after)}`;
    if (this.#seen.has(key)) return this.#putBack(candidate);
    this.#seen.add(key);
    this.#enter(after, candidate);
  }

  #enter(state: S, by: number): void {
    const observed: number[] = [];
    let candidates: number[] = [];
    for (let looking = true; looking;) {
      looking = false;
      candidates = [];
      for (const i of this.#possible()) {
        const operation = this.#operations[i]!;
        const isObservation = this.#model.isObservation(operation);
        if (isObservation && this.#model.step(state, operation) !== null) {
          this.#take(i);
          observed.push(i);
          looking = true;
        } else if (!isObservation) candidates.push(i);
      }
    }
    const next = this.#operations[this.#byHint.first()]?.hint ?? Infinity;
    candidates.sort((a, b) => this.#unlikeliness(a, next) - this.#unlikeliness(b, next));
    this.#stack.push({ state, by, observed, candidates, next: 0 });
    this.#noteHowFar(state);
  }

  #leave(): void {
    const { observed, by } = this.#stack.pop()!;
    for (const i of observed.toReversed()) this.#putBack(i);
    if (by >= 0) this.#putBack(by);
  }

  /** Those that may come next: called before anything that is left has returned. */
  #possible(): number[] {
    const first = this.#byReturn.first();
    if (first < 0) return [];
    const until = this.#operations[first]!.returnedAt;
    const possible: number[] = [];
    for (const links of [this.#byCall, this.#open])
      for (let i = links.first(); i >= 0 && this.#operations[i]!.calledAt <= until; i = links.after(i))
        possible.push(i);
    return possible;
  }

  /** What the hints say comes next; what must come soon; what comes later by its hint; what may never have come. */
  #unlikeliness(i: number, nextHint: number): number {
    const { hint, returnedAt } = this.#operations[i]!;
    if (hint !== undefined) return hint <= nextHint ? hint : LATER + hint;
    return returnedAt === Infinity ? NEVER : SOON + returnedAt;
  }

  #take(i: number): void {
    this.#toggle(i);
    if (this.#operations[i]!.hint !== undefined) this.#byHint.remove(i);
    if (this.#operations[i]!.returnedAt === Infinity) return this.#open.remove(i);
    this.#byCall.remove(i);
    this.#byReturn.remove(i);
  }

  #putBack(i: number): void {
    this.#toggle(i);
    if (this.#operations[i]!.hint !== undefined) this.#byHint.restore(i);
    if (this.#operations[i]!.returnedAt === Infinity) return this.#open.restore(i);
    this.#byReturn.restore(i);
    this.#byCall.restore(i);
  }

  #toggle(i: number): void {
    this.#high ^= this.#bits[2 * i]!;
    this.#low ^= this.#bits[2 * i + 1]!;
  }

  #noteHowFar(state: S): void {
    const first = this.#byReturn.first();
    const stuck = this.#operations[first];
    if (stuck === undefined || (this.#best !== null && stuck.returnedAt <= this.#best.returnedAt)) return;
    const done = this.#stack.flatMap(({ by, observed }) => (by < 0 ? observed : [by, ...observed]));
    this.#best = {
      returnedAt: stuck.returnedAt,
      deadEnd: { state, done: done.slice(-DONE_KEPT).map((i) => this.#operations[i]!), stuck },
    };
  }
}

/** Beyond all revisions, and beyond all times of a recording. */
const [SOON, LATER, NEVER] = [1e12, 2e12, 3e12];
/** What came right before a dead end; older ones explain nothing. */
const DONE_KEPT = 40;

/** A list in a fixed order from which numbers are taken, and put back in reverse order of taking. */
class Links {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Index of the head in the arrays. */
  readonly #head: number;

  constructor(inOrder: readonly number[], size: number) {
    this.#head = size;
    this.#next = new Int32Array(size + 1).fill(size);
    this.#previous = new Int32Array(size + 1).fill(size);
    let last = size;
    for (const i of inOrder) {
      this.#next[last] = i;
      this.#previous[i] = last;
      last = i;
    }
    this.#next[last] = size;
    this.#previous[size] = last;
  }

  get empty(): boolean {
    return this.#next[this.#head] === this.#head;
  }

  /** −1: there is none. */
  first(): number {
    return this.after(this.#head);
  }

  after(i: number): number {
    const next = this.#next[i]!;
    return next === this.#head ? -1 : next;
  }

  remove(i: number): void {
    this.#next[this.#previous[i]!] = this.#next[i]!;
    this.#previous[this.#next[i]!] = this.#previous[i]!;
  }

  restore(i: number): void {
    this.#next[this.#previous[i]!] = i;
    this.#previous[this.#next[i]!] = i;
  }
}

/** xorshift32 */
function randomBits(count: number, seed: number): Int32Array {
  const bits = new Int32Array(count);
  let x = Math.imul(seed, 0x9e3779b1) | 1;
  for (let i = 0; i < count; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bits[i] = x;
  }
  return bits;
}
