// Reads that must have seen a command: `X-Min-Position` with `Prefer: wait=<s>`, answered with `X-Position`.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../errors.ts';

const WAIT_MAX_S = 10;

/** A view that follows the log. */
export interface Follower {
  /** How far it has got. */
  position(): number;
  /** Waits until it has reached a position, or until time is up. */
  waitFor(position: number, timeoutMs: number): Promise<unknown>;
}

/** Positions at the API are strings without meaning to others. */
export const positionText = (position: number): string => String(position);

/** Whether a read asks for a position at all. */
export const wantsPosition = (request: FastifyRequest): boolean =>
  request.headers['x-min-position'] !== undefined;

/** Waits as the request asks to, and says where the view stands; nothing of both where nobody asks. */
export async function awaitPosition(
  request: FastifyRequest,
  reply: FastifyReply,
  view: Follower,
): Promise<void> {
  if (!wantsPosition(request)) return;
  await view.waitFor(minPosition(request), waitMs(request));
  reply.header('x-position', positionText(view.position()));
}

/** The same for what is read from the log itself: it lacks nothing that was ever answered, so nothing is waited for. */
export async function sayPosition(
  request: FastifyRequest,
  reply: FastifyReply,
  log: WholeLog,
): Promise<void> {
  if (wantsPosition(request)) reply.header('x-position', positionText(await endOf(request, log)));
}

/** For who reads on behind the end: waits for what is yet to come, as the request allows, and says where the log stands then. */
export async function awaitLog(
  request: FastifyRequest,
  reply: FastifyReply,
  { log, live, polls }: FollowedLog,
): Promise<void> {
  if (!wantsPosition(request)) return;
  const [position, timeoutMs] = [minPosition(request), waitMs(request)];
  // Who does not want to wait takes no place among those who do.
  if (timeoutMs > 0 && (await log.lastPosition()) < position)
    await live.waitFor(position, timeoutMs, polls.signalFor(reply));
  await sayPosition(request, reply, log);
}

/**
 * Where a read of one stream stands: at the stream's last event, and for who asks for a position where the whole log stood
 * before, whatever stream that position is of. Who asks is told so in any case: also that something was not there by then.
 */
export async function exactPosition<T extends { readonly position: number }>(
  request: FastifyRequest,
  reply: FastifyReply,
  log: WholeLog,
  read: () => Promise<T>,
): Promise<T> {
  if (!wantsPosition(request)) return read();
  const end = await endOf(request, log);
  const found = await read();
  const position = Math.max(end, found.position);
  reply.header('x-position', positionText(position));
  return { ...found, position };
}

interface WholeLog {
  lastPosition(): Promise<number>;
}

interface FollowedLog {
  readonly log: WholeLog;
  readonly live: { waitFor(position: number, timeoutMs: number, signal: AbortSignal): Promise<unknown> };
  readonly polls: { signalFor(reply: FastifyReply): AbortSignal };
}

function endOf(request: FastifyRequest, log: WholeLog): Promise<number> {
  minPosition(request);
  return log.lastPosition();
}

function minPosition(request: FastifyRequest): number {
  const header = request.headers['x-min-position'];
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw invalid(
    '/headers/x-min-position',
    'wrongFormat',
    'Give X-Min-Position as an earlier answer gave its position.',
  );
}

/** Milliseconds that `Prefer: wait=<s>` allows, at most ten seconds; preferences that mean nothing here are passed over. */
export function waitMs(request: FastifyRequest): number {
  const prefer = request.headers['prefer'];
  if (prefer === undefined) return 0;
  const wait = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?=$|[,;])/i.exec(
    Array.isArray(prefer) ? prefer.join(',') : prefer,
  );
  return Math.min(Number(wait?.[1] ?? 0), WAIT_MAX_S) * 1000;
}
