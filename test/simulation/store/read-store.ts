// The database of the read models in the simulated world: rows by key, transactions with savepoints, row locks, and commits
// that a crash may undo because they need not wait for the disk. It knows nothing of SQL; the dialect beside it does.
import { Actor, type Scheduler } from '../kernel/scheduler.ts';

/** Rows by `<table>/<key>`; undefined: deleted. Values are never changed in place. */
export type Changes = Map<string, unknown>;

/** Of a row, as Postgres has them: `share` stands for `for key share`, `change` for `for no key update`. */
type LockMode = 'share' | 'change' | 'update';
const conflicts = (one: LockMode, other: LockMode): boolean =>
  one === 'update' || other === 'update' || (one === 'change' && other === 'change');

interface Commit {
  readonly atMs: number;
  /** What the rows were before. */
  readonly undo: Changes;
}

/** How long a commit may wait for the disk. */
const UNSYNCED_MS = 600;

export class ReadStore {
  readonly actor = new Actor('store');
  readonly #scheduler: Scheduler;
  readonly #rows = new Map<string, unknown>();
  /** The few rows of the registry, which are looked for by the beginning of their keys. */
  readonly #registry = new Map<string, unknown>();
  readonly #locks = new Map<string, Map<Session, Set<LockMode>>>();
  readonly #sessions = new Set<Session>();
  readonly #committed: (changes: Changes, by: Actor) => void;
  #recent: Commit[] = [];
  #released: (() => void)[] = [];
  #downUntilMs = 0;
  #onUnsynced: (() => void) | null = null;

  /** `committed` is told of each commit, when it is there. */
  constructor(scheduler: Scheduler, committed: (changes: Changes, by: Actor) => void = () => {}) {
    this.#scheduler = scheduler;
    this.#committed = committed;
  }

  get isDown(): boolean {
    return this.#scheduler.nowMs < this.#downUntilMs;
  }

  get nowMs(): number {
    return this.#scheduler.nowMs;
  }

  session(actor: Actor): Session {
    const session = new Session(this, actor);
    this.#sessions.add(session);
    return session;
  }

  /** Ends every session, and undoes the last commits where `lose` says so: from the newest back, never one in the middle. */
  crash(downMs: number, lose: number): number {
    this.#downUntilMs = this.#scheduler.nowMs + downMs;
    for (const session of this.#sessions) session.break();
    const unsynced = this.#recent.filter(({ atMs }) => atMs > this.#scheduler.nowMs - UNSYNCED_MS);
    const lost = unsynced.slice(unsynced.length - Math.ceil(unsynced.length * lose));
    for (const { undo } of lost.reverse()) this.#put(undo);
    this.#recent = [];
    return lost.length;
  }

  /** The sessions of a process that has died end with it. */
  endSessionsOf(actor: Actor): void {
    for (const session of this.#sessions) if (session.actor === actor) session.break();
  }

  heal(): void {
    this.#downUntilMs = 0;
  }

  get(key: string): unknown {
    return this.#table(key).get(key);
  }

  /** Keys of the registry that begin so, in order. */
  keys(prefix: string): string[] {
    return [...this.#registry.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** Committed rows whose keys begin so; looks at every row there is. */
  scan(prefix: string): unknown[] {
    return [...this.#rows].flatMap(([key, row]) => (key.startsWith(prefix) ? [row] : []));
  }

  /** One that waits for the disk takes all before it there as well. */
  commit(changes: Changes, synced: boolean, by: Actor): void {
    if (synced) this.#recent = [];
    else this.#remember(changes);
    this.#put(changes);
    this.#committed(changes, by);
    if (synced || this.#onUnsynced === null) return;
    this.#scheduler.after(1, this.actor, 'has not yet reached the disk', this.#onUnsynced);
    this.#onUnsynced = null;
  }

  /** Called right after the next commit that does not wait for the disk. */
  afterUnsynced(run: () => void): void {
    this.#onUnsynced = run;
  }

  #remember(changes: Changes): void {
    const undo: Changes = new Map();
    for (const key of changes.keys()) undo.set(key, this.get(key));
    const nowMs = this.#scheduler.nowMs;
    this.#recent = this.#recent.filter(({ atMs }) => atMs > nowMs - UNSYNCED_MS);
    this.#recent.push({ atMs: nowMs, undo });
  }

  /** Resolves when the session has the lock. */
  async lock(name: string, session: Session, mode: LockMode): Promise<void> {
    while (this.#isTaken(name, session, mode))
      await new Promise<void>((resolve) => this.#released.push(resolve));
    if (session.broken) return;
    const holders = this.#locks.get(name) ?? new Map<Session, Set<LockMode>>();
    this.#locks.set(name, holders.set(session, (holders.get(session) ?? new Set()).add(mode)));
  }

  #isTaken(name: string, session: Session, mode: LockMode): boolean {
    for (const [holder, modes] of this.#locks.get(name) ?? [])
      if (holder !== session && [...modes].some((held) => conflicts(held, mode))) return true;
    return false;
  }

  unlockAll(session: Session): void {
    for (const holders of this.#locks.values()) holders.delete(session);
    const waiting = this.#released;
    this.#released = [];
    for (const go of waiting) go();
  }

  forget(session: Session): void {
    this.#sessions.delete(session);
  }

  #put(changes: Changes): void {
    for (const [key, value] of changes)
      if (value === undefined) this.#table(key).delete(key);
      else this.#table(key).set(key, value);
  }

  #table(key: string): Map<string, unknown> {
    return key.startsWith('rows/') ? this.#rows : this.#registry;
  }
}

/** One connection: outside a transaction each change is committed by itself. */
export class Session {
  readonly actor: Actor;
  broken = false;
  /** Where bare table names are looked for. */
  schema = '';
  /** Whether the commit of this transaction waits for the disk. */
  synced = true;
  readonly #store: ReadStore;
  /** Of the transaction and its savepoints, innermost last. */
  #layers: { readonly name: string; readonly changes: Changes }[] = [];

  constructor(store: ReadStore, actor: Actor) {
    this.#store = store;
    this.actor = actor;
  }

  /** By the clock of the database. */
  get nowMs(): number {
    return this.#store.nowMs;
  }

  begin(): void {
    this.#layers = [{ name: '', changes: new Map() }];
  }

  get(key: string): unknown {
    for (let i = this.#layers.length - 1; i >= 0; i -= 1) {
      const { changes } = this.#layers[i]!;
      if (changes.has(key)) return changes.get(key);
    }
    return this.#store.get(key);
  }

  /** Values of the registry whose keys begin so, in the order of the keys. */
  all(prefix: string): unknown[] {
    const keys = new Set(this.#store.keys(prefix));
    for (const { changes } of this.#layers)
      for (const key of changes.keys()) if (key.startsWith(prefix)) keys.add(key);
    return [...keys]
      .sort()
      .map((key) => this.get(key))
      .filter((value) => value !== undefined);
  }

  scan(prefix: string): unknown[] {
    return this.#store.scan(prefix);
  }

  set(key: string, value: unknown): void {
    // It may have waited for a lock meanwhile.
    if (this.broken) return;
    const top = this.#layers.at(-1);
    if (top) top.changes.set(key, value);
    else this.#store.commit(new Map([[key, value]]), this.synced, this.actor);
  }

  lock(name: string, mode: LockMode = 'update'): Promise<void> {
    return this.#store.lock(name, this, mode);
  }

  savepoint(name: string): void {
    this.#layers.push({ name, changes: new Map() });
  }

  release(name: string): void {
    const { changes } = this.#down(name);
    for (const [key, value] of changes) this.#layers.at(-1)!.changes.set(key, value);
  }

  rollbackTo(name: string): void {
    this.#down(name);
  }

  commit(): void {
    const [base] = this.#layers;
    if (!this.broken && base && base.changes.size > 0)
      this.#store.commit(base.changes, this.synced, this.actor);
    this.#end();
  }

  rollback(): void {
    this.#end();
  }

  /** The connection is gone, with whatever was not committed. */
  break(): void {
    this.broken = true;
    this.#end();
    this.#store.forget(this);
  }

  /** Everything since the savepoint, as one layer. */
  #down(name: string): { readonly changes: Changes } {
    const changes: Changes = new Map();
    const at = this.#layers.findLastIndex((layer) => layer.name === name);
    for (const layer of this.#layers.splice(at))
      for (const [key, value] of layer.changes) changes.set(key, value);
    return { changes };
  }

  #end(): void {
    this.#layers = [];
    this.schema = '';
    this.synced = true;
    this.#store.unlockAll(this);
  }
}
