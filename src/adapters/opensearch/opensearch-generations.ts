// Generations of the index: each is an index of its own, written through an alias of its own, which goes with it, so that
// nobody can bring back one that was dropped. What serves is what the common alias points at.
import type { Client } from '@opensearch-project/opensearch';
import type { Clock } from '../../ports/clock.ts';
import type {
  DocumentBatch,
  RefusedDocument,
  SearchGeneration,
  SearchGenerations,
} from '../../ports/search-documents.ts';
import { INDEX, SERVING, VERSION } from './mapping.ts';
import { SEARCH_TIMEOUT } from './search-timeout.ts';
import { faulting, isNotFound, isTaken, isThere, searchUnavailable, unlessFull } from './opensearch-fault.ts';
import { progressAt, saveProgress } from './progress.ts';
import { toStored } from './stored-event.ts';

const BULK_MS_MAX = 60_000;
/** Documents of one request, and their characters: some have thousands of shows. */
const BULK_SIZE_MAX = 1_000;
const BULK_CHARACTERS_MAX = 4_000_000;
const TRIES_MAX = 5;
/** Others that make a generation at the same moment. */
const RIVALS_MAX = 20;
/** Generations that do not serve; of more, the oldest are what failed and crashed left behind, or will have to begin anew. */
const BESIDE_MAX = 4;
const BACKOFF_MS = 200;
/** A search that has begun on an index that served may take so long to end. */
const LAST_SEARCH_MS = 6_000;
const VERSION_CONFLICT = 409;
/** It has its hands full, or the shard is moving. */
const PASSING = new Set([429, 503]);
const GONE = 404;

/** As it is sent: an action names it by its id. */
interface Written {
  readonly id: string;
  readonly json: string;
}

/** What the mapping of an index says of it. */
interface Meta {
  readonly version?: number;
  readonly origin?: string;
}

interface Known {
  readonly name: string;
  readonly number: number;
  readonly serves: boolean;
  readonly version: number;
}

export class OpenSearchGenerations implements SearchGenerations {
  readonly #client: Client;
  readonly #alias: string;
  readonly #clock: Clock;
  readonly #version: number;

  /** `version`: of the mapping; another one stands for another program. */
  constructor(client: Client, alias: string, clock: Clock, version: number = VERSION) {
    this.#client = client;
    this.#alias = alias;
    this.#clock = clock;
    this.#version = version;
  }

  serving(): Promise<SearchGeneration | 'newer' | null> {
    return faulting(async () => {
      try {
        const { body } = await this.#client.indices.getMapping(
          { index: this.#alias, local: true },
          SEARCH_TIMEOUT,
        );
        const [found] = Object.entries(body);
        const { version, origin } = metaOf(found?.[1].mappings);
        if (this.#isNewer(version)) return 'newer';
        return found && version === this.#version ? this.#generation(found[0], origin ?? null) : null;
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    });
  }

  create(): Promise<SearchGeneration> {
    return faulting(async () => {
      const all = await this.#all();
      const next = Math.max(0, ...all.map(({ number }) => number)) + 1;
      const beside = all.filter(({ serves, version }) => !serves && !this.#isNewer(version));
      await this.#drop(beside.slice(0, 1 - BESIDE_MAX));
      for (let number = next; number < next + RIVALS_MAX; number += 1) {
        const name = `${this.#alias}-g${number}`;
        if (await this.#made(name)) return this.#generation(name, null);
      }
      throw searchUnavailable('too many make generations of it at once.');
    });
  }

  /** false: it is another's. */
  async #made(name: string): Promise<boolean> {
    const mappings: object = { ...INDEX.mappings, _meta: { version: this.#version } };
    const body = { ...(INDEX as object), mappings, aliases: { [writerOf(name)]: {} } };
    try {
      await this.#client.indices.create({ index: name, body });
      return true;
    } catch (error) {
      if (isThere(error)) return false;
      throw error;
    }
  }

  async serve({ name }: SearchGeneration): Promise<void> {
    await faulting(async () => {
      await this.#client.indices.putSettings({ index: name, body: SERVING });
      const others = await this.#takeAlias(name);
      if (others.length === 0) return;
      await this.#clock.sleep(LAST_SEARCH_MS);
      // One of them may have come to serve meanwhile.
      const serving = (await this.#all()).filter(({ serves }) => serves).map((one) => one.name);
      await this.#drop(others.filter((other) => !serving.includes(other.name)));
    });
  }

  /** Gives those that do not serve any more. Who has lost the alias to another since it looked looks again. */
  async #takeAlias(name: string): Promise<Known[]> {
    for (let tries = 0; tries < RIVALS_MAX; tries += 1) {
      const all = await this.#all();
      if (all.some(({ serves, version }) => serves && this.#isNewer(version)))
        throw searchUnavailable('a newer version of the program has made another, which serves.');
      const others = all.filter((other) => other.name !== name && !this.#isNewer(other.version));
      if (await this.#switched(name, others)) return others;
    }
    throw searchUnavailable('too many let theirs serve at once.');
  }

  /** false: another serves that is none of these. An alias has one index to write to at most: so OpenSearch sees to it. */
  async #switched(name: string, others: readonly Known[]): Promise<boolean> {
    const remove = others.map((other) => ({
      remove: { index: other.name, alias: this.#alias, must_exist: false },
    }));
    const add = { add: { index: name, alias: this.#alias, is_write_index: true } };
    try {
      await this.#client.indices.updateAliases({ body: { actions: [add, ...remove] } });
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  readonly #isNewer = (version = 0): boolean => version > this.#version;

  async #drop(generations: readonly { readonly name: string }[]): Promise<void> {
    if (generations.length === 0) return;
    const index = generations.map(({ name }) => name);
    await this.#client.indices.delete({ index, ignore_unavailable: true });
  }

  /**
   * In the order in which they were made. Another engine may be named like ours and more, and have indexes that begin like
   * ours: then no number alone follows.
   */
  async #all(): Promise<Known[]> {
    const prefix = `${this.#alias}-g`;
    const { body } = await this.#client.indices.get({ index: `${prefix}*` });
    const found = Object.entries(body).flatMap(([name, { aliases = {}, mappings }]): Known[] => {
      const number = name.slice(prefix.length);
      return name.startsWith(prefix) && /^\d+$/.test(number)
        ? [
            {
              name,
              number: Number(number),
              serves: this.#alias in aliases,
              version: metaOf(mappings).version ?? 0,
            },
          ]
        : [];
    });
    return found.toSorted((a, b) => a.number - b.number);
  }

  #generation(name: string, origin: string | null): SearchGeneration {
    const client = this.#client;
    return {
      name,
      origin,
      belongTo: (other) =>
        faulting(async () => {
          const body = { _meta: { version: this.#version, origin: other } };
          await client.indices.putMapping({ index: name, body });
        }),
      progress: () => faulting(() => progressAt(client, name)),
      put: ({ position, documents }) => this.#put(name, position, documents),
      advance: (position) =>
        faulting(async () => {
          await client.indices.refresh({ index: name });
          if (position > 0) await saveProgress(client, writerOf(name), position);
        }),
    };
  }

  async #put(name: string, position: number, documents: DocumentBatch['documents']) {
    const refused: RefusedDocument[] = [];
    for (let bulk of bulksOf(documents)) {
      for (let tries = 1; bulk.length > 0; tries += 1) {
        if (tries > TRIES_MAX) throw searchUnavailable('OpenSearch has its hands full.');
        if (tries > 1) await this.#clock.sleep(BACKOFF_MS * 2 ** (tries - 2));
        bulk = await this.#putOnce(name, position, bulk, refused);
      }
    }
    return refused;
  }

  /** Each document has a verdict of its own: those that may be sent again are given back. */
  async #putOnce(
    name: string,
    position: number,
    bulk: readonly Written[],
    refused: RefusedDocument[],
  ): Promise<Written[]> {
    const lines: unknown[] = bulk.flatMap(({ id, json }) => [
      { index: { _id: id, version: position, version_type: 'external_gte' } },
      json, // the client sends a text as it is
    ]);
    const answer = await faulting(() =>
      this.#client
        .bulk(
          { index: writerOf(name), require_alias: true, body: lines as object[] },
          { requestTimeout: BULK_MS_MAX },
        )
        .catch(unlessFull),
    );
    if (answer === null) return [...bulk];
    const { body } = answer;
    if (!body.errors) return [];
    return bulk.filter(({ id }, i) => {
      const { status, error } = body.items[i]!.index!;
      if (status === GONE)
        throw searchUnavailable('this generation was dropped: another serves, or newer ones were begun.');
      if (error && status !== VERSION_CONFLICT && !PASSING.has(status))
        refused.push({ id, reason: error.reason ?? error.type });
      return PASSING.has(status);
    });
  }
}

function* bulksOf(documents: DocumentBatch['documents']): Generator<Written[]> {
  let bulk: Written[] = [];
  let characters = 0;
  for (const document of documents) {
    const json = JSON.stringify(toStored(document));
    if (
      bulk.length === BULK_SIZE_MAX ||
      (bulk.length > 0 && characters + json.length > BULK_CHARACTERS_MAX)
    ) {
      yield bulk;
      [bulk, characters] = [[], 0];
    }
    bulk.push({ id: document.id, json });
    characters += json.length;
  }
  if (bulk.length > 0) yield bulk;
}

function metaOf(mappings: object = {}): Meta {
  const { _meta: meta = {} } = mappings as { _meta?: Meta };
  return meta;
}

const writerOf = (name: string): string => `${name}-writer`;
