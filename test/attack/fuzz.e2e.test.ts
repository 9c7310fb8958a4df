// Thousands of requests made from the OpenAPI document, in sequences that build on their own answers: no failure of the
// server, and every answer as its operation documents it. FUZZ_SEED replays, FUZZ_REQUESTS lengthens.
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, keyWith, openHall } from '../api/hall.ts';
import type { Hall } from '../api/hall.ts';
import { ADMIN_KEY, startEngine } from '../api/running-engine.ts';
import type { RunningEngine } from '../api/running-engine.ts';
import { readOpenApi } from './open-api.ts';
import type { Operation } from './open-api.ts';
import { anyStep, Session } from './session.ts';
import type { Keys } from './session.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 5_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
const STEPS = 60;
/** Chance may leave an operation out for so long: the rarest are accepted three times in so many requests. */
const LONGER_MAX = 8;
/** Sent at a time, of different sequences. */
const AT_ONCE = 6;
/** Asked without a key and without parameters, they have nothing to refuse. */
const REFUSES_NOTHING = new Set(['GET /healthz', 'GET /readyz', 'GET /metrics']);

let engine: RunningEngine;
let keys: Keys;
let locationId: string;
let importId: string;
beforeAll(async () => {
  engine = await startEngine();
  const secret = async (...scopes: string[]) => (await keyWith(engine.call, scopes)).secret;
  keys = {
    admin: ADMIN_KEY,
    book: await secret('browse', 'book'),
    organize: await secret('organize'),
    browse: await secret('browse'),
  };
  const feed = { body: '<eventList><output/></eventList>', headers: { 'content-type': 'application/xml' } };
  importId = (await done(engine.call('POST', '/v1/imports', feed), 200)).import.id;
  const { position } = await openHall(engine.call);
  const seen = { headers: { 'x-min-position': position, prefer: 'wait=10' } };
  locationId = (await done(engine.call('GET', '/v1/locations', seen), 200)).data[0].id;
});
afterAll(() => engine.stop());

/** Something of everything to begin with; every other hall is sold out, so that there is a line. */
async function furnish(session: Session, { path }: Hall, isSoldOut: boolean): Promise<void> {
  const post = (to: string, body: object) => done(engine.call('POST', path + to, { body }), 201);
  const seats = isSoldOut ? ['A-1', 'A-2', 'A-3'] : ['A-1'];
  const { hold } = await post('/holds', { customerId: 'zoe', seats });
  session.knows('holdId', hold.id);
  session.knows('keyId', (await keyWith(engine.call, ['browse'])).id);
  session.knows('locationId', locationId);
  session.knows('importId', importId);
  if (isSoldOut)
    session.knows(
      'entryId',
      (await post('/waitlist', { customerId: 'yan', categoryId: 'Stalls', quantity: 1 })).entry.id,
    );
  else session.knows('bookingId', (await post(`/holds/${hold.id}/confirm`, {})).booking.id);
}

class Tally {
  readonly #counts = new Map<string, { ok: number; refused: number }>();
  requests = 0;

  constructor(operations: readonly Operation[]) {
    for (const { name } of operations) this.#counts.set(name, { ok: 0, refused: 0 });
  }

  note({ name }: Operation, status: number): void {
    this.requests += 1;
    this.#counts.get(name)![status < 400 ? 'ok' : 'refused'] += 1;
  }

  /** As many as were wanted, and as many more as it takes until each operation has once been accepted and once refused. */
  get isEnough(): boolean {
    return this.requests >= REQUESTS && this.neverAccepted.length + this.neverRefused.length === 0;
  }

  get neverAccepted(): string[] {
    return [...this.#counts].filter(([, { ok }]) => ok === 0).map(([name]) => name);
  }

  get neverRefused(): string[] {
    const never = [...this.#counts].filter(([, { refused }]) => refused === 0).map(([name]) => name);
    return never.filter((name) => !REFUSES_NOTHING.has(name));
  }

  get accepted(): number {
    return [...this.#counts.values()].reduce((sum, { ok }) => sum + ok, 0);
  }
}

test(`${REQUESTS} requests out of the OpenAPI document`, { timeout: 600_000 }, async () => {
  const api = await readOpenApi(engine.call);
  const tally = new Tally(api.operations);
  const steps = fc.array(anyStep(api.operations), { minLength: STEPS, maxLength: STEPS });
  const numRuns = Math.ceil((REQUESTS * LONGER_MAX) / STEPS);
  const sequences = fc.sample(steps, { seed: SEED, numRuns }).entries();
  /** One of each kind is enough to mend it. */
  const complaints = new Map<string, string>();

  async function worker(): Promise<void> {
    for (const [n, sequence] of sequences) {
      if (tally.isEnough) return;
      const hall = await openHall(engine.call, { seats: 3, floor: 8 });
      const session = new Session(engine.url, keys, hall);
      await furnish(session, hall, n % 2 === 0);
      for (const [i, step] of sequence.entries()) {
        const came = await session.send(step);
        tally.note(step.operation, came.status);
        const complaint = api.complaint(step.operation, came);
        if (complaint === null) continue;
        const seen = `${came.line}\n  ${came.status} ${came.text.slice(0, 600)}`;
        complaints.set(`${step.operation.name}: ${complaint}`, `in sequence ${n}, step ${i}: ${seen}`);
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  const replay = `FUZZ_SEED=${SEED} npm test -- test/attack/fuzz replays it`;
  console.log(`fuzz: ${tally.requests} requests, ${tally.accepted} accepted, seed ${SEED}`);
  expect([...complaints].map((one) => one.join(', ')).join('\n'), replay).toBe('');
  expect([tally.neverAccepted, tally.neverRefused], replay).toEqual([[], []]);
  expect(tally.requests).toBeGreaterThanOrEqual(REQUESTS);
  expect(({} as Record<string, unknown>)['polluted'] ?? Object.keys(Object.prototype)).toEqual([]);
});
