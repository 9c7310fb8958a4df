// Several that let a generation serve in the same moment: exactly one stands behind the alias afterwards, and is there.
import { randomUUID } from 'node:crypto';
import { Client } from '@opensearch-project/opensearch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../../src/adapters/opensearch/mapping.ts';
import { OpenSearchGenerations } from '../../../src/adapters/opensearch/opensearch-generations.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { onOpenSearch } from '../../support/servers/opensearch-here.ts';
import type { RunningServer } from '../../support/servers/running-server.ts';
import { startOpenSearch } from '../../support/servers/servers.ts';

describe.concurrent('generations that come to serve in the same moment', onOpenSearch, () => {
  let server: RunningServer;
  const clients: Client[] = [];
  beforeAll(async () => {
    server = await startOpenSearch();
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server?.stop();
  });

  /** A program that has looked and is about to change the alias, until it may. */
  function program(alias: string, version = VERSION) {
    const client = new Client({ node: server.url });
    clients.push(client);
    const [looked, may] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const update = client.indices.updateAliases.bind(client.indices) as (wanted: object) => unknown;
    const held = async (wanted: object) => {
      looked.resolve();
      await may.promise;
      return update(wanted);
    };
    Object.assign(client.indices, { updateAliases: held });
    const generations = new OpenSearchGenerations(client, alias, systemClock, version);
    return { generations, looked: looked.promise, may: may.resolve };
  }

  const indexesOf = async (path: string): Promise<string[]> => {
    const answer = await fetch(`${server.url}/${path}`);
    return answer.status === 404 ? [] : Object.keys((await answer.json()) as object);
  };
  const behind = (alias: string) => indexesOf(`_alias/${alias}`);

  for (const before of ['another one', 'nothing'])
    for (const first of ['older', 'newer'])
      test(`${before} served, the ${first} program comes first: the newer one's serves`, async () => {
        const alias = `test-${randomUUID()}`;
        const one = program(alias);
        one.may();
        if (before === 'another one') await one.generations.serve(await one.generations.create());
        const [older, newer] = [program(alias), program(alias, VERSION + 1)];
        const [its, newest] = [await older.generations.create(), await newer.generations.create()];
        const served = Promise.allSettled([older.generations.serve(its), newer.generations.serve(newest)]);
        await Promise.all([older.looked, newer.looked]);
        for (const next of first === 'older' ? [older, newer] : [newer, older]) {
          next.may();
          await systemClock.sleep(1_000);
          expect(await behind(alias)).toHaveLength(1);
        }
        expect(await behind(alias)).toEqual([newest.name]);
        await served;
        expect(await behind(alias)).toEqual([newest.name]);
      }, 30_000);

  test('two rebuilds that end one after the other leave the one that serves', async () => {
    const alias = `test-${randomUUID()}`;
    const { generations, may } = program(alias);
    may();
    const [one, two] = [await generations.create(), await generations.create()];
    const first = generations.serve(one);
    await systemClock.sleep(1_000);
    await Promise.all([first, generations.serve(two)]);
    expect(await behind(alias)).toEqual([two.name]);
    expect(await indexesOf(`${alias}-g*`)).toEqual([two.name]);
  }, 30_000);
});
