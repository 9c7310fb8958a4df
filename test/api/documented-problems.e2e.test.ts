// The examples of problems in the OpenAPI document are what the engine really answers there.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IDS } from '../../src/api/openapi-examples.ts';
import type { Answer } from './client.ts';
import { keyWith, openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly example: unknown }> };
  readonly responses: Record<
    string,
    { readonly content?: Record<string, { readonly examples?: Record<string, { readonly $ref: string }> }> }
  >;
}
interface Problem {
  readonly code: string;
}
type Examples = Readonly<Record<string, { readonly value: Problem }>>;
interface Documented {
  readonly name: string;
  readonly method: string;
  /** With the ids of the examples, of which there are none here. */
  readonly path: string;
  readonly type: string;
  readonly body: unknown;
  readonly problem: (code: string) => Problem | undefined;
}

let engine: RunningEngine;
let operations: Documented[];
beforeAll(async () => {
  engine = await startEngine();
  const { paths, components } = (await engine.call('GET', '/openapi.json')).body as {
    paths: Record<string, Record<string, Operation>>;
    components: { examples: Examples };
  };
  operations = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) =>
        documented(`${method.toUpperCase()} ${path}`, operation, components.examples),
      ),
    );
});
afterAll(() => engine.stop());

function documented(name: string, { requestBody, responses }: Operation, examples: Examples): Documented {
  const problems = Object.values(responses).flatMap(({ content }) =>
    Object.values(content?.['application/problem+json']?.examples ?? {}).map(
      ({ $ref }) => examples[$ref.slice($ref.lastIndexOf('/') + 1)]!.value,
    ),
  );
  const [type = '', media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const [method = '', template = ''] = name.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_, id: keyof typeof IDS) => IDS[id]);
  const problem = (wanted: string) => problems.find(({ code }) => code === wanted);
  return { name, method, path, type, body: media?.example, problem };
}

/** But for what is of the one request. */
function told({
  body: { requestId: _requestId, instance: _instance, ...said },
}: Pick<Answer, 'body'>): unknown {
  return said;
}

/** Sends each operation that documents the code what `ask` makes of it; the operations that were asked. */
async function compare(code: string, ask: (operation: Documented) => Promise<Answer>): Promise<number> {
  const asked = operations.filter(({ problem }) => problem(code) !== undefined);
  for (const operation of asked)
    expect(told(await ask(operation)), `${operation.name} ${code}`).toEqual(
      told({ body: operation.problem(code) }),
    );
  return asked.length;
}

const good = ({ body, type }: Documented) =>
  body === undefined ? {} : { body, headers: { 'content-type': type } };

test('a query parameter that is unknown', async () => {
  const count = await compare('InvalidRequest', (one) =>
    engine.call(one.method, `${one.path}?colour=red`, good(one)),
  );
  expect(count).toBe(operations.length);
});

test('a key that is none, one that may not, and one that is needed', async () => {
  const weak = await keyWith(engine.call, ['browse']);
  const unknown = await compare('Unauthenticated', (one) =>
    engine.call(one.method, one.path, { ...good(one), key: 'fs_live_unknown' }),
  );
  expect(unknown).toBe(operations.length);
  const forbidden = await compare('Forbidden', (one) =>
    engine.call(one.method, one.path, { ...good(one), key: weak.secret }),
  );
  expect(forbidden).toBeGreaterThan(25);
});

test('what is not there', async () => {
  const { showId, eventId, venueId } = await openHall(engine.call);
  const here: Record<string, string> = {
    HoldNotFound: showId,
    BookingNotFound: showId,
    EntryNotFound: showId,
  };
  for (const what of ['Show', 'Event', 'Hold', 'Booking', 'Entry', 'ApiKey', 'Import', 'Location']) {
    const code = `${what}NotFound`;
    const count = await compare(code, (one) => {
      const path = one.path.replace(/shows\/[^/]+/, (shows) => (here[code] ? `shows/${here[code]}` : shows));
      return engine.call(one.method, path, good(one));
    });
    expect(count, code).toBeGreaterThan(0);
  }
  const scheduling = ({ method, path, body }: Documented, base: object) =>
    engine.call(method, path.replace(/events\/[^/]+/, `events/${eventId}`), {
      body: { ...(body as object), ...base },
    });
  await compare('VenueNotFound', (one) =>
    one.path.endsWith('/shows') ? scheduling(one, {}) : engine.call(one.method, one.path, good(one)),
  );
  await compare('SeatingPlanNotFound', (one) =>
    one.path.endsWith('/shows') ? scheduling(one, { venueId }) : engine.call(one.method, one.path),
  );
  await compare('RouteNotFound', ({ method }) => engine.call(method, `/v1/streams/${'x'.repeat(201)}`));
});

test('a body of another type, one that is too large, and a key that is missing or another', async () => {
  const other = await compare('UnsupportedMediaType', (one) =>
    engine.call(one.method, one.path, { body: '<a/>', headers: { 'content-type': 'text/html' } }),
  );
  expect(other).toBeGreaterThan(15);
  const large = 'x'.repeat(9 * 1024 * 1024);
  const tooLarge = (one: Documented) =>
    engine.call(one.method, one.path, { ...good(one), body: JSON.stringify({ large }) });
  const sized = operations.filter(({ path }) => !/imports|seating-plans/.test(path));
  for (const one of sized.filter(({ problem }) => problem('PayloadTooLarge')))
    expect(told(await tooLarge(one)), one.name).toEqual(told({ body: one.problem('PayloadTooLarge') }));
  await compare('IdempotencyKeyRequired', (one) =>
    engine.call(one.method, one.path, { ...good(one), idem: null }),
  );
});
