// The headers of answers stand in the OpenAPI document, so that a generated client has them: those that are sent are all
// documented, and those that are documented are all sent.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer, Options } from './client.ts';
import { done, openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

type Responses = Record<
  string,
  { readonly headers?: Record<string, { $ref: string }>; readonly content?: object }
>;

/** Of HTTP itself and of browsers: generated clients do nothing with them. */
const NOT_FOR_CLIENTS =
  /^(date|connection|keep-alive|transfer-encoding|content-.*|cache-control|vary|x-content-type-options)$/;
/** Of one address alone in a minute, so that it is easily too much. */
const PER_ADDRESS = 3;

let engine: RunningEngine;
let document: {
  paths: Record<string, Record<string, { responses: Responses }>>;
  components: { headers: Record<string, { readonly description: string }> };
};
beforeAll(async () => {
  engine = await startEngine({ RATE_LIMIT: 'on', RATE_LIMIT_PER_ADDRESS: String(PER_ADDRESS) });
  document = (await engine.call('GET', '/openapi.json')).body;
});
afterAll(() => engine.stop());

function responseTo(method: string, path: string, status: number): Responses[string] | undefined {
  const pathname = path.split('?')[0] as string;
  const template = Object.keys(document.paths).find((one) =>
    new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[0-9a-f-]{36}')}$`).test(pathname),
  );
  return document.paths[template ?? '']?.[method.toLowerCase()]?.responses[status];
}

test('the headers that are sent are those that are documented', async () => {
  const sent = new Set<string>();
  const ask = async (method: string, path: string, options?: Options): Promise<Answer> => {
    const answer = await engine.call(method, path, options);
    const response = responseTo(method, path, answer.status);
    expect(response, `${method} ${path} ${answer.status}`).toBeDefined();
    const documented = Object.keys(response?.headers ?? {}).map((name) => name.toLowerCase());
    for (const name of answer.headers.keys()) {
      if (NOT_FOR_CLIENTS.test(name)) continue;
      expect(documented, `${method} ${path} ${answer.status}`).toContain(name);
      sent.add(name);
    }
    return answer;
  };
  const { path, position } = await openHall(engine.call);
  const seen = { 'x-min-position': position, prefer: 'wait=5' };
  const order = { body: { customerId: 'ada', seats: ['A-1'] }, idem: 'once' };
  await done(ask('POST', `${path}/holds`, order), 201);
  const { hold } = await done(ask('POST', `${path}/holds`, order), 201);
  await ask('POST', `${path}/holds`, { body: { customerId: 'bob', seats: ['A-1'] } });
  await ask('POST', `${path}/holds`, { body: { customerId: 'bob', seats: ['A-2'] } });
  for (const read of [path, `${path}/availability`, `${path}/holds?limit=1`, `${path}/holds/${hold.id}`]) {
    const { headers } = await ask('GET', read, { headers: seen });
    await ask('GET', read, { headers: { 'if-none-match': String(headers.get('etag')), ...seen } });
  }
  await ask('GET', '/v1/events/00000000-0000-4000-8000-000000000000', { headers: seen });
  await ask('PATCH', path, { body: { holdTtlMs: 5_000 }, headers: { 'if-match': '"no"' } });
  await ask('POST', '/v1/events', { body: { title: 'Packed' }, headers: { 'content-encoding': 'gzip' } });
  await ask('GET', '/v1/log?limit=1');
  await ask('GET', `${path}/holds`, { key: null });
  for (const operate of ['/healthz', '/readyz', '/metrics']) await ask('GET', operate);
  for (let n = 0; n <= PER_ADDRESS; n += 1) await ask('GET', '/v1/events', { key: null });
  expect([...sent].sort()).toEqual(
    Object.keys(document.components.headers)
      .map((name) => name.toLowerCase())
      .sort(),
  );
});

test('what is sent only to who asks for it says so', async () => {
  const { path } = await openHall(engine.call);
  const { hold } = await done(
    engine.call('POST', `${path}/holds`, { body: { customerId: 'ada', seats: ['A-1'] } }),
    201,
  );
  const unasked = async (read: string) => (await engine.call('GET', read)).headers.get('x-position');
  expect(await unasked(`${path}/availability`)).toBe(null);
  expect(await unasked(`${path}/holds/${hold.id}`)).toMatch(/^\d+$/);
  expect(document.components.headers['X-Position']?.description).toContain('X-Min-Position');
});

/** On some answers only: the last page, a first try, where nothing is counted. */
const SOMETIMES = new Set(['link', 'idempotent-replayed', 'ratelimit', 'ratelimit-policy']);

test('each read sends what it documents, with 200, with 304 and with 404', async () => {
  const { path, position, eventId, showId, seatingPlanId } = await openHall(engine.call);
  const book = async (customerId: string, seat: string) =>
    (await done(engine.call('POST', `${path}/holds`, { body: { customerId, seats: [seat] } }), 201)).hold.id;
  const holdId = await book('eve', 'A-5');
  const confirmed = await done(engine.call('POST', `${path}/holds/${holdId}/confirm`, { body: {} }), 201);
  const wanted = { 'x-min-position': position, prefer: 'wait=5' };
  await engine.call('GET', '/v1/locations', { headers: wanted });
  const { data: locations } = (await engine.call('GET', '/v1/locations')).body;
  const ids: Record<string, string> = {
    eventId,
    showId,
    seatingPlanId,
    holdId,
    bookingId: confirmed.booking.id,
    locationId: locations[0].id,
    streamId: `show-${showId}`,
  };
  const missing: string[] = [];
  const look = async (template: string, concrete: string, headers: Record<string, string>) => {
    const answer = await engine.call('GET', concrete, { headers });
    const response = document.paths[template]!['get']!.responses[answer.status];
    for (const name of Object.keys(response?.headers ?? {}).map((one) => one.toLowerCase()))
      if (!SOMETIMES.has(name) && !answer.headers.has(name))
        missing.push(`${template} ${answer.status}: ${name}`);
    return answer;
  };
  const ghost = '00000000-0000-4000-8000-000000000000';
  for (const [template, { get }] of Object.entries(document.paths)) {
    if (!get || !template.startsWith('/v1') || template.endsWith('/stream')) continue;
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    if (names.every((name) => name in ids)) {
      const concrete = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
      const answer = await look(template, concrete, wanted);
      expect(answer.status, template).toBe(200);
      const etag = answer.headers.get('etag');
      if (etag !== null) await look(template, concrete, { ...wanted, 'if-none-match': etag });
    }
    if (names.length > 0) await look(template, template.replaceAll(/\{\w+\}/g, ghost), wanted);
  }
  expect(missing).toEqual([]);
});

test('every operation documents that it may fail or be away, and that 304 has no body', () => {
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { responses }] of Object.entries(methods)) {
      if (path.startsWith('/v1')) expect(Object.keys(responses), `${method} ${path}`).toContain('500');
      expect(responses['304']?.content, `${method} ${path}`).toBeUndefined();
      expect(responses['200']?.content ?? responses['201']?.content, `${method} ${path}`).toBeDefined();
    }
});
