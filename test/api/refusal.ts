// What every refusal looks like, whatever was wrong.
import { expect } from 'vitest';
import type { Answer } from './client.ts';

/** Nobody's id. */
export const GHOST = '00000000-0000-4000-8000-000000000000';

/** A problem document of this status and code, whole in every part; gives its body. */
export function expectRefused(answer: Answer, status: number, code: string): Answer['body'] {
  const seen = `${answer.status} ${answer.text.slice(0, 300)}`;
  expect([answer.status, answer.body?.code], seen).toEqual([status, code]);
  expect(answer.headers.get('content-type'), seen).toMatch(/^application\/problem\+json/);
  for (const member of ['type', 'title', 'detail', 'instance', 'requestId'])
    expect(typeof answer.body[member], `${member} in ${seen}`).toBe('string');
  expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
  expect(answer.body.status).toBe(status);
  for (const { pointer, code: name, message } of answer.body.errors ?? []) {
    expect(pointer, seen).toMatch(/^(\/|$)/);
    expect(name, seen).toMatch(/^[a-z]\w+$/);
    expect(message, seen).toMatch(/^[A-Z`].*\.$/);
  }
  return answer.body;
}
