// What still comes of a body that was refused for its size. Who is hung up on while sending often finds the connection
// reset and never reads the answer (RFC 9112 §9.6), so a bounded rest is read and thrown away.
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Bytes over the limit that are still taken; a flood is cut off. */
const EXCESS_MAX = 16 * 2 ** 20;

/** Keeps the connection, which Fastify would end with its answer, as long as the rest is short enough to be taken. */
export function takeRestOfBody(request: FastifyRequest, reply: FastifyReply): void {
  const { headers, raw, routeOptions } = request;
  if (Number(headers['content-length'] ?? 0) > (routeOptions.bodyLimit ?? 0) + EXCESS_MAX) return;
  reply.removeHeader('connection');
  // Node itself reads what was announced; of chunks nobody knows how many follow.
  if (headers['content-length'] !== undefined) return;
  let excess = 0;
  raw.on('data', (chunk: Buffer) => {
    excess += chunk.length;
    if (excess > EXCESS_MAX) raw.destroy();
  });
}
