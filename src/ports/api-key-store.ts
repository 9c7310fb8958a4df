// API keys at rest: who may do what for which front end. Secrets are made by the store, shown once and kept as a hash.

export const SCOPES = ['browse', 'book', 'organize', 'analyze', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The front end it acts for; several keys may share one. */
  readonly clientId: string;
  /** The first characters of the secret, by which people tell keys apart. */
  readonly prefix: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewApiKey {
  /** Id of the command that makes it, so that a repeated one finds its key. */
  readonly id: string;
  readonly requestHash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Of a client that has a key; without it the key begins a client of its own. */
  readonly clientId?: string;
}

export type CreatedApiKey =
  | { readonly kind: 'created'; readonly apiKey: ApiKey; readonly secret: string }
  /** The same command made it before; its secret is shown no more. */
  | { readonly kind: 'replayed'; readonly apiKey: ApiKey }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'unknownClient' };

export interface ApiKeyStore {
  create(key: NewApiKey): Promise<CreatedApiKey>;
  /** The key of this secret, revoked or not; null when there is none. */
  find(secret: string): Promise<ApiKey | null>;
  /** Oldest first, after the given one. */
  list(limit: number, after: { createdAt: string; id: string } | null): Promise<ApiKey[]>;
  /** Revokes it (again: as it was); null when there is none. */
  revoke(id: string): Promise<ApiKey | null>;
  /** Notes the last use of keys, ms since 1970; never moves one back. */
  touch(uses: ReadonlyMap<string, number>): Promise<void>;
  /**
   * Sees to the administrator's key. With a secret given: that one is it, and what was the administrator's before is
   * revoked. Without: makes one where none was ever made, and gives its secret, this once.
   */
  ensureAdmin(secret: string | undefined): Promise<{ readonly made: string | null }>;
}
