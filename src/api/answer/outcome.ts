// The answer to a command: its verdict, with where the stream and the log stand.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outcome } from '../../commands/command.ts';
import { JSON_TYPE } from './etag.ts';
import { NO_STORE } from './security-headers.ts';
import { positionText } from './position.ts';
import { sendRejection } from './problem.ts';

/** `body` turns the outcome's value into the members of the answer. */
export function sendOutcome<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Outcome<T>,
  status: 200 | 201,
  body: (value: T) => Record<string, unknown>,
): void {
  if (!outcome.ok) return sendRejection(request, reply, outcome.rejection);
  if (outcome.replayed) reply.header('idempotent-replayed', 'true');
  // As text: for an object Fastify would look for a serialiser first.
  reply
    .code(status)
    .header('cache-control', NO_STORE)
    .header('content-type', JSON_TYPE)
    .send(
      JSON.stringify({
        ...body(outcome.value),
        revision: outcome.revision,
        position: positionText(outcome.position),
      }),
    );
}
