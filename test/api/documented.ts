// The calls that the OpenAPI document knows, for tests that hold for every one of them.
import type { Client } from './client.ts';
import type { BodyCase } from './bodies.ts';

/** Method, path with `{names}`, and the names. */
export type Call = readonly [method: string, path: string, ids: string[]];

export async function documentedCalls(call: Client): Promise<Call[]> {
  const { body } = await call('GET', '/openapi.json');
  return Object.entries<Record<string, unknown>>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): Call => [
      method.toUpperCase(),
      path,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => String(id)),
    ]),
  );
}

/** A body that the call would take. */
export function goodBody(method: string, path: string, cases: readonly BodyCase[]): unknown {
  if (method === 'GET' || method === 'DELETE') return undefined;
  const verb = path.split('/').at(-1);
  const ofMethod = cases.filter((one) => one.method === method);
  const same = ofMethod.find((one) => one.path.split('/').at(-1) === verb);
  return (same ?? ofMethod.find((one) => path.startsWith(one.path.replace(/[0-9a-f-]{36}.*/, ''))))?.good;
}
