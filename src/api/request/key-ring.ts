// Which API key a request shows, answered from memory on the hot path: a key is looked up again when what is known of it
// is a second old, so that revoking elsewhere takes hold, and at once where it is revoked here.
import type { SteadyClock } from '../../ports/clock.ts';
import type { ApiKey, ApiKeyStore, Scope } from '../../ports/api-key-store.ts';
import type { Caller } from '../../domain/show/commands.ts';

const FRESH_MS = 1000;
const KNOWN_KEYS_MAX = 10_000;
const USES_WRITTEN_EVERY_MS = 5000;
/** A use so soon after the one before is not noted: the list of keys, which is asked for with one, could never be a 304. */
const USES_NOTED_EVERY_MS = 60_000;

/** Who a request acts for. */
export interface Principal {
  readonly keyId: string;
  readonly clientId: string;
  /** One bit a scope, see SCOPE_BITS. */
  readonly scopes: number;
  readonly actor: string;
  /** As the show's commands take it. */
  readonly caller: Caller;
}

export const SCOPE_BITS: Readonly<Record<Scope, number>> = {
  browse: 1,
  book: 2,
  organize: 4,
  analyze: 8,
  admin: 16,
};
const EVERYTHING = 31;

interface Known {
  readonly principal: Principal | null;
  /** By the steady clock: a wall clock that is put back would keep a revoked key good. */
  readonly checkedAtMs: number;
}

/** Bounded; the oldest entry makes room. */
export class KeyRing {
  readonly #store: ApiKeyStore;
  readonly #clock: SteadyClock;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Map<string, Promise<Principal | null>>();
  readonly #uses = new Map<string, number>();
  /** Counts what was forgotten: what was asked before is not remembered after. */
  #generation = 0;

  constructor(store: ApiKeyStore, clock: SteadyClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** What is known of an `Authorization` header right now: who it is, or undefined when it must be looked up. */
  recall(header: string): Principal | undefined {
    const known = this.#known.get(header);
    if (known === undefined || known.principal === null) return undefined;
    if (this.#clock.steady() - known.checkedAtMs >= FRESH_MS) return undefined;
    return known.principal;
  }

  /** Whether the header held a good key when it was last looked up, however long ago. */
  wasGood(header: string): boolean {
    return this.#known.has(header);
  }

  /** Looks the header up in the store; null when it is no bearer token or its key is unknown or revoked. */
  async lookUp(header: string): Promise<Principal | null> {
    const secret = bearerToken(header);
    if (secret === null) return null;
    let asked = this.#asked.get(header);
    if (asked === undefined) {
      const begun = this.#ask(header, secret).finally(() => {
        if (this.#asked.get(header) === begun) this.#asked.delete(header);
      });
      asked = begun;
      this.#asked.set(header, begun);
    }
    return asked;
  }

  /** From now on this process refuses the key. */
  forget(keyId: string): void {
    this.#generation += 1;
    this.#asked.clear(); // who comes now asks anew
    for (const [header, known] of this.#known)
      if (known.principal?.keyId === keyId) this.#known.delete(header);
  }

  /** Last uses not yet written, ms since 1970 by key id. */
  lastUse(keyId: string): number | undefined {
    return this.#uses.get(keyId);
  }

  /** Writes last uses from time to time until the signal aborts, then once more. */
  async keepUses(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(USES_WRITTEN_EVERY_MS, signal);
      await this.#writeUses();
    }
  }

  async #ask(header: string, secret: string): Promise<Principal | null> {
    const generation = this.#generation;
    const key = await this.#store.find(secret);
    if (generation === this.#generation) this.#known.delete(header);
    if (key === null || key.revokedAt !== null) return null;
    const checkedAtMs = this.#clock.steady();
    const principal = principalOf(key);
    if (generation !== this.#generation) return principal;
    if (this.#known.size >= KNOWN_KEYS_MAX) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(header, { principal, checkedAtMs });
    this.#noteUse(key);
    return principal;
  }

  /** Whoever is recalled from memory was looked up a second ago at most: that is near enough. */
  #noteUse({ id, lastUsedAt }: ApiKey): void {
    const now = this.#clock.now();
    const noted = this.#uses.get(id) ?? (lastUsedAt === null ? -Infinity : Date.parse(lastUsedAt));
    if (Math.abs(now - noted) >= USES_NOTED_EVERY_MS) this.#uses.set(id, now);
  }

  async #writeUses(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = new Map(this.#uses);
    this.#uses.clear();
    // Lost when the database is away: a last use is a hint for people, not a record.
    await this.#store.touch(uses).catch(() => undefined);
  }
}

/** The token of `Bearer <token>`, the scheme in any case; null for anything else. */
export function bearerToken(header: string): string | null {
  return /^bearer +([\x21-\x7e]{1,512})$/i.exec(header)?.[1] ?? null;
}

function principalOf(key: ApiKey): Principal {
  const named = key.scopes.reduce((bits, scope) => bits | SCOPE_BITS[scope], 0);
  const scopes = (named & SCOPE_BITS.admin) === 0 ? named : EVERYTHING;
  const caller = { clientId: key.clientId, all: (scopes & SCOPE_BITS.organize) !== 0 };
  return { keyId: key.id, clientId: key.clientId, scopes, actor: `client:${key.clientId}`, caller };
}
