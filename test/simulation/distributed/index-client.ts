// The client of OpenSearch, as much of it as is used to write, over a network that loses answers.
import { errors, type Client } from '@opensearch-project/opensearch';
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';
import type { IndexServer } from './index-server.ts';

interface IndexClientParts {
  readonly index: IndexServer;
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly faults: Faults;
  readonly chance: Chance;
  /** Told when documents are about to be sent. */
  readonly onWrite: () => void;
}

interface OfIndex {
  readonly index: string;
}

interface Versioned {
  readonly version?: number;
  readonly version_type?: string;
}

/** As much of the client as `OpenSearchGenerations` uses. */
export function indexClient(parts: IndexClientParts): Client {
  const { index: server, faults } = parts;
  const call = calling(parts);
  const missing = (body: object) => new errors.ResponseError({ body, statusCode: 404 } as never);
  const client = {
    indices: {
      getMapping: ({ index }: OfIndex) =>
        call(() => {
          const name = server.aliases.get(index);
          if (name === undefined) throw missing({});
          return { [name]: { mappings: server.named(name)!.meta } };
        }),
      get: ({ index }: OfIndex) =>
        call(() => {
          const prefix = index.slice(0, -1);
          return Object.fromEntries(
            [...server.indices.keys()].filter((n) => n.startsWith(prefix)).map((n) => [n, {}]),
          );
        }),
      create: ({ index, body }: { index: string; body: { mappings: object; aliases: object } }) =>
        call(() => {
          if (server.indices.has(index))
            throw new errors.ResponseError({ body: { error: 'exists' }, statusCode: 503 } as never);
          server.create(index, body.mappings, Object.keys(body.aliases));
          return {};
        }),
      putMapping: ({ index, body }: OfIndex & { body: object }) =>
        call(() => {
          const found = server.named(index);
          if (!found) throw missing({});
          found.meta = { ...found.meta, ...body };
          return {};
        }),
      putSettings: ({ index }: OfIndex) =>
        call(() => {
          if (!server.named(index)) throw missing({});
          return {};
        }),
      updateAliases: ({ body }: { body: { actions: Record<string, { index: string; alias: string }>[] } }) =>
        call(() => {
          for (const { add } of body.actions) if (add) server.aliases.set(add.alias, add.index);
          return {};
        }),
      delete: ({ index }: { index: string[] }) =>
        call(() => (index.forEach((name) => server.delete(name)), {})),
      refresh: ({ index }: { index: string }) =>
        call(() => {
          if (!server.named(index)) throw missing({});
          return {};
        }),
    },
    get: ({ index, id }: { index: string; id: string }) =>
      call(() => {
        const found = server.named(index);
        if (!found) throw missing({});
        const kept = found.documents.get(id);
        if (!kept) throw missing({ found: false });
        return { _source: kept.source };
      }),
    index: (asked: OfIndex & Versioned & { id: string; body: object }) =>
      call(() => {
        const { index, id, body, version, version_type: type } = asked;
        const status = server.write({ index, id, source: body, version, external: type === 'external_gte' });
        if (status >= 400) throw new errors.ResponseError({ body: {}, statusCode: status } as never);
        return {};
      }),
    /** Lines: what to do as an object, documents as text. */
    bulk: ({ index, body }: OfIndex & { body: ({ index: Versioned & { _id: string } } | string)[] }) => {
      parts.onWrite();
      return call(() => {
        const items: { index: { status: number; error?: { type: string } } }[] = [];
        for (let i = 0; i < body.length; i += 2) {
          const {
            _id: id,
            version,
            version_type: type,
          } = (body[i] as { index: Versioned & { _id: string } }).index;
          const source = JSON.parse(body[i + 1] as string) as unknown;
          const write = { index, id, source, version, external: type === 'external_gte' };
          const status = faults.strikes('indexBusy') ? 429 : server.write(write);
          items.push({ index: { status, ...(status >= 400 && { error: { type: `status ${status}` } }) } });
        }
        return { errors: items.some(({ index: { status } }) => status >= 400), items };
      });
    },
  };
  return client as unknown as Client;
}

/** There and back; what was carried out stays so, though its answer may be lost. */
function calling({ index, scheduler, actor, faults, chance }: IndexClientParts) {
  const lost = (): Error => new errors.ConnectionError('The connection was lost.', {} as never);
  return async <T>(carryOut: () => T): Promise<{ body: T }> => {
    await scheduler.pause(0.3 + 3 * chance.next(), actor, 'calls the index');
    if (index.isAway || faults.strikes('indexRefused')) throw lost();
    const body = carryOut();
    if (faults.strikes('indexUnheard')) throw lost();
    await scheduler.pause(0.2 + 40 * chance.next() ** 4, actor, 'hears of the index');
    return { body };
  };
}
