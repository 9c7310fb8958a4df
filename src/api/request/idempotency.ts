// The Idempotency-Key: its syntax here; what it is good for is the command's id, which is derived from it.
import type { FastifyRequest } from 'fastify';
import { ApiProblem, invalid } from '../errors.ts';

/** What a key may be: also what the OpenAPI document says of it. */
export const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** The problem with the key of a request, if there is one. */
export function checkIdempotencyKey(
  request: FastifyRequest,
  mode: 'required' | 'honoured',
): ApiProblem | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) {
    if (mode === 'honoured') return undefined;
    return new ApiProblem(
      'IdempotencyKeyRequired',
      'Send an Idempotency-Key header with a value of your own for this request, a UUID for example, and the same one when you repeat it.',
    );
  }
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return undefined;
  return invalid(
    '/headers/idempotency-key',
    'wrongFormat',
    'Give an Idempotency-Key of 1 to 255 printable ASCII characters.',
  );
}
