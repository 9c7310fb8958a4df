// One sequence of requests against the running engine: what earlier answers named is what later requests ask for, so that
// holds are confirmed, offers declined and keys revoked, and not only refused.
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Hall } from '../api/hall.ts';
import { HOSTILE_TEXTS, Known, mostlyFitting } from './hostile.ts';
import type { Came, Operation, Parameter } from './open-api.ts';

const FEED = readFileSync(new URL('../fixtures/provider-feed/1.xml', import.meta.url), 'utf8');
const CUSTOMERS = ['ann', 'bob', 'cat', 'dan'];

export interface Keys {
  readonly admin: string;
  readonly book: string;
  readonly organize: string;
  readonly browse: string;
}

/** A request before it is known what there is to ask for. */
export interface Step {
  readonly operation: Operation;
  readonly key: keyof Keys | 'none' | 'unknown';
  readonly ids: readonly { readonly nth: number; readonly hostile: string | null }[];
  readonly query: readonly (readonly [name: string, value: unknown])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const key = fc.oneof(
  { weight: 14, arbitrary: fc.constant('admin' as const) },
  { weight: 4, arbitrary: fc.constantFrom('book' as const, 'organize' as const) },
  { weight: 2, arbitrary: fc.constantFrom('none' as const, 'unknown' as const, 'browse' as const) },
);
const hostileText = fc.constantFrom(...HOSTILE_TEXTS);
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

/** What ends the sales of a show, and so the interesting part of a sequence. */
const ENDS_SALES = /\/(cancel|pause)$/;

export function anyStep(operations: readonly Operation[]): fc.Arbitrary<Step> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: ENDS_SALES.test(operation.path) && !operation.path.includes('bookings') ? 2 : weight(operation),
      arbitrary: step(operation),
    })),
  );
}

const weight = ({ method, path }: Operation): number =>
  path === '/v1/imports' ? 1 : /\/(holds|confirm|waitlist|block)$/.test(path) && method === 'POST' ? 12 : 4;

function step(operation: Operation): fc.Arbitrary<Step> {
  const of = (place: Parameter['in']) => operation.parameters.filter((one) => one.in === place);
  const id = fc.record({ nth: fc.nat(20), hostile: rarely(hostileText) });
  return fc.record({
    operation: fc.constant(operation),
    key,
    ids: fc.tuple(...of('path').map(() => id)),
    query: query(of('query')),
    headers: headers(of('header')),
    body: operation.body === null ? fc.constant(undefined) : mostlyFitting(operation.body),
  });
}

function query(parameters: readonly Parameter[]): fc.Arbitrary<[string, unknown][]> {
  const one = ({ name, schema }: Parameter) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        { weight: 5, arbitrary: mostlyFitting(named(schema, name)) },
        { weight: 1, arbitrary: hostileText },
      ),
    );
  const unknown = fc.tuple(hostileText, hostileText);
  const some: fc.Arbitrary<[string, unknown][]> =
    parameters.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...parameters.map(one)), { maxLength: 3 });
  return fc.tuple(some, rarely(unknown)).map(([given, more]) => (more === null ? given : [...given, more]));
}

/** A wait is none, or the run would take hours. */
const named = (schema: Parameter['schema'], name: string) =>
  name === 'wait' ? { enum: [0, 31, -1] } : schema;

function headers(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const printable = fc.constantFrom(
    '0',
    '1',
    '"1"',
    '*',
    '"x"',
    'k1',
    'k2',
    '999999999',
    'wait=0',
    'x'.repeat(300),
  );
  const byName: Record<string, fc.Arbitrary<string | null>> = {};
  for (const { name } of parameters) {
    if (name === 'Idempotency-Key')
      byName[name] = fc.oneof(
        { weight: 8, arbitrary: fc.uuid() },
        { weight: 2, arbitrary: fc.constantFrom('k1', 'k2', 'k3') },
        { weight: 1, arbitrary: fc.constantFrom(null, '', 'x'.repeat(256)) },
      );
    else if (name === 'Prefer') byName[name] = fc.constant('wait=0');
    else byName[name] = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, printable);
  }
  byName['If-None-Match'] = rarely(fc.constantFrom('*', '"x"', 'x'));
  byName['Last-Event-ID'] = rarely(fc.constantFrom('0', '-1', 'x'));
  return fc
    .record(byName)
    .map((all) =>
      Object.fromEntries(Object.entries(all).filter((one): one is [string, string] => one[1] !== null)),
    );
}

/** Ids of things that there are, by the name of their path parameter or kind; grows with the answers. */
export class Session {
  readonly #url: string;
  readonly #keys: Keys;
  readonly #known = new Map<string, string[]>();

  constructor(url: string, keys: Keys, hall: Hall) {
    this.#url = url;
    this.#keys = keys;
    for (const name of ['showId', 'eventId', 'venueId', 'seatingPlanId'] as const)
      this.knows(name, hall[name]);
    this.knows('streamId', `show-${hall.showId}`);
    this.#known.set('customer', CUSTOMERS);
    this.#known.set('category', ['Stalls', 'Standing']);
    this.#known.set('area', ['floor']);
    this.#known.set('seat', ['A-1', 'A-2', 'A-3']);
  }

  /** Sends it, and remembers what the answer names. */
  async send(step: Step): Promise<Came & { readonly line: string }> {
    const { operation, body } = step;
    const isFeed = operation.path === '/v1/imports' && operation.method === 'POST';
    const payload = isFeed ? FEED : body === undefined ? undefined : JSON.stringify(this.#resolved(body));
    const path = this.#path(step);
    const init = {
      method: operation.method,
      headers: this.#headers(
        step,
        payload === undefined ? null : isFeed ? 'application/xml' : 'application/json',
      ),
      redirect: 'manual' as const,
    };
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(120_000)]);
    const response = await fetch(this.#url + path, {
      ...init,
      signal,
      ...(payload !== undefined && { body: payload }),
    });
    const contentType = response.headers.get('content-type');
    const endless = contentType?.startsWith('text/event-stream') === true;
    const text = endless ? '' : await response.text();
    stop.abort();
    if (response.ok && contentType?.startsWith('application/json') === true)
      this.#learnFrom(operation, JSON.parse(text));
    return {
      status: response.status,
      contentType,
      requestId: response.headers.get('x-request-id'),
      text,
      line: `${operation.method} ${path} by ${step.key} ${(payload ?? '').slice(0, 500)}`,
    };
  }

  #path({ operation, ids, query }: Step): string {
    let nth = 0;
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const { nth: pick, hostile } = ids[nth++]!;
      return encodeURIComponent(wellFormed(hostile ?? this.#pick(name, pick)));
    });
    const given = query.flatMap(([name, value]) =>
      [this.#resolved(value)]
        .flat()
        .map((one): [string, string] => [wellFormed(name), wellFormed(textOf(one))]),
    );
    return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
  }

  #headers({ key: name, headers: given }: Step, contentType: string | null): Record<string, string> {
    const secret = name === 'none' ? null : name === 'unknown' ? 'fs_live_unknown' : this.#keys[name];
    return {
      ...given,
      ...(secret !== null && { authorization: `Bearer ${secret}` }),
      ...(contentType !== null && { 'content-type': contentType }),
    };
  }

  #resolved(value: unknown): unknown {
    if (value instanceof Known) return value.kind === 'prices' ? PRICES : this.#pick(value.kind, value.nth);
    // Not `map`, which asks a poisoned list for its constructor.
    if (Array.isArray(value)) return Array.from(value, (one) => this.#resolved(one));
    if (typeof value !== 'object' || value === null) return value;
    const resolved = {};
    for (const [name, inner] of Object.entries(value))
      Object.defineProperty(resolved, name, { value: this.#resolved(inner), enumerable: true });
    return resolved;
  }

  /** The newest are picked most: they are what can still be changed. */
  #pick(kind: string, nth: number): string {
    const there = this.#known.get(kind) ?? [];
    return there.at(-1 - (nth % Math.max(1, Math.min(there.length, 8)))) ?? NOBODY;
  }

  knows(kind: string, id: string): void {
    const there = this.#known.get(kind) ?? [];
    if (!there.includes(id)) this.#known.set(kind, [...there, id]);
  }

  #learnFrom(
    { method }: Operation,
    answer: Record<string, { id?: string; clientId?: string } | undefined>,
  ): void {
    for (const [name, kind] of KINDS) {
      const id = answer[name]?.id;
      if (id !== undefined && (method === 'POST' || name !== 'apiKey')) this.knows(kind, id);
    }
    const [place] = (answer['data'] as unknown as { id?: string; city?: string }[] | undefined) ?? [];
    if (place?.city !== undefined && place.id !== undefined) this.knows('locationId', place.id);
    if (answer['apiKey']?.clientId !== undefined) this.knows('clientId', answer['apiKey'].clientId);
  }
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
const PRICES = { Stalls: { amount: 2500, currency: 'EUR' }, Standing: { amount: 1500, currency: 'EUR' } };
/** Members of answers, and the path parameters that their ids go into. A show's plan is the hall's: others have other prices. */
const KINDS = [
  ['hold', 'holdId'],
  ['booking', 'bookingId'],
  ['entry', 'entryId'],
  ['event', 'eventId'],
  ['import', 'importId'],
  ['apiKey', 'keyId'],
] as const;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** A URL cannot say half a surrogate pair. */
const wellFormed = (value: string): string => value.toWellFormed();
