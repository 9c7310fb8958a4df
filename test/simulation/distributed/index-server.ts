// An OpenSearch of the simulated world, as far as it is written to: indices, aliases, documents with external versions.
import type { Scheduler } from '../kernel/scheduler.ts';

interface Kept {
  readonly version: number;
  readonly source: unknown;
}

interface Index {
  meta: object;
  readonly documents: Map<string, Kept>;
}

interface Write {
  readonly index: string;
  readonly id: string;
  readonly source: unknown;
  readonly version: number | undefined;
  readonly external: boolean;
}

export class IndexServer {
  readonly indices = new Map<string, Index>();
  /** Alias -> index. */
  readonly aliases = new Map<string, string>();
  readonly #scheduler: Scheduler;
  readonly #count: (what: string) => void;
  #awayUntilMs = 0;

  constructor(scheduler: Scheduler, count: (what: string) => void) {
    this.#scheduler = scheduler;
    this.#count = count;
  }

  get isAway(): boolean {
    return this.#scheduler.nowMs < this.#awayUntilMs;
  }

  goAway(ms: number): void {
    this.#awayUntilMs = this.#scheduler.nowMs + ms;
  }

  heal(): void {
    this.#awayUntilMs = 0;
  }

  /** The index behind a name or an alias. */
  named(name: string): Index | undefined {
    return this.indices.get(this.aliases.get(name) ?? name);
  }

  create(name: string, meta: object, aliases: readonly string[]): void {
    this.indices.set(name, { meta, documents: new Map() });
    for (const alias of aliases) this.aliases.set(alias, name);
  }

  delete(name: string): void {
    this.indices.delete(name);
    for (const [alias, index] of this.aliases) if (index === name) this.aliases.delete(alias);
  }

  /** The status of one write: an older version changes nothing. */
  write({ index, id, source, version, external }: Write): number {
    const found = this.aliases.has(index) ? this.named(index) : undefined;
    if (!found) return 404;
    const kept = found.documents.get(id);
    if (external && kept && version! < kept.version) {
      this.#count('rare older document refused');
      return 409;
    }
    const next = external ? version! : (kept?.version ?? 0) + 1;
    found.documents.set(id, { version: next, source: JSON.parse(JSON.stringify(source)) as unknown });
    return kept ? 200 : 201;
  }
}
