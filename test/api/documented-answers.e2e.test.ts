// What the engine really answers is what the OpenAPI document says, where that is hard to say: distances, live maps, the
// dearest hold.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOpenApi } from '../attack/open-api.ts';
import type { Came, OpenApi } from '../attack/open-api.ts';
import type { Answer } from './client.ts';
import { openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let api: OpenApi;
let document: {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, object> }> }>>;
  components: { schemas: Record<string, { properties: Record<string, unknown> }> };
};
beforeAll(async () => {
  engine = await startEngine();
  api = await readOpenApi(engine.call);
  document = (await engine.call('GET', '/openapi.json')).body;
});
afterAll(() => engine.stop());

const cameOf = ({ status, text, headers }: Answer): Came => ({
  status,
  text,
  contentType: headers.get('content-type'),
  requestId: headers.get('x-request-id'),
});

describe('the OpenAPI document', () => {
  test('knows all that is said of what is near: its distance, its venue', async () => {
    const found = document.components.schemas['EventFound']!;
    expect(JSON.stringify(found)).toContain('"#/components/schemas/Venue"');
    // Absent or a number, and never null.
    expect(found.properties['distanceKm']).toEqual({
      type: 'number',
      minimum: 0,
      description: 'Only with `near`.',
    });
    const { position } = await openHall(engine.call);
    for (const path of ['/v1/locations', '/v1/events']) {
      const operation = api.operations.find(({ name }) => name === `GET ${path}`)!;
      const answer = await engine.call('GET', `${path}?near=40.4,-3.7&radiusKm=5`, {
        headers: { 'x-min-position': position, prefer: 'wait=5' },
      });
      expect(answer.body.data[0].distanceKm, path).toBe(0);
      expect(api.complaint(operation, cameOf(answer)), path).toBe(null);
    }
  });

  test('knows what the events of a live map are', async () => {
    const { path } = await openHall(engine.call);
    const media =
      document.paths['/v1/shows/{showId}/availability/stream']!['get']!.responses['200']!.content!;
    const documented = JSON.stringify(media['text/event-stream']);
    const ended = new AbortController();
    const { body } = await fetch(`${engine.url}${path}/availability/stream`, { signal: ended.signal });
    let text = '';
    for await (const bytes of body!.pipeThrough(new TextDecoderStream())) {
      text += bytes;
      if (/event: delta\ndata: .+\n/.test(text)) break;
      await engine.call('POST', `${path}/holds`, { body: { customerId: 'ada', seats: ['A-1'] } });
    }
    ended.abort();
    const events = [...text.matchAll(/event: (\w+)\ndata: (.+)\n/g)];
    const names = { snapshot: 'Availability', delta: 'AvailabilityDelta' } as Record<string, string>;
    expect(events.map(([, event]) => event)).toEqual(['snapshot', 'delta']);
    for (const [, event, data] of events) {
      expect(documented).toContain(`"#/components/schemas/${names[event!]}"`);
      expect(api.misfit(names[event!]!, JSON.parse(data!)), event).toBe(null);
    }
  });

  test('knows the dearest hold there can be', async () => {
    const { path } = await openHall(engine.call, {
      ticketsPerCustomer: 100,
      floor: 100,
      prices: { Stalls: { amount: 0, currency: 'JPY' }, Standing: { amount: 1e12, currency: 'JPY' } },
    });
    const body = { customerId: 'croesus', areas: [{ areaId: 'floor', quantity: 100 }] };
    const answer = await engine.call('POST', `${path}/holds`, { body });
    expect(answer.body.hold.total.amount).toBe(1e14);
    const hold = api.operations.find(({ name }) => name === 'POST /v1/shows/{showId}/holds')!;
    expect(api.complaint(hold, cameOf(answer))).toBe(null);
  });
});
