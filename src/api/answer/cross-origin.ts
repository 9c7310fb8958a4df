// What lets pages of other origins read an answer (CORS), also one that is given before there is a route: without these
// headers a browser shows its page a network that fails, in place of the 400 or 431.

export const EXPOSED_HEADERS = [
  'Date',
  'ETag',
  'Link',
  'Idempotent-Replayed',
  'X-Position',
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
];

/** The headers of an answer to a page of `origin`; `allowed` as the setting names them, `*` is all. */
export function crossOriginHeaders(
  allowed: readonly string[],
  origin: string | undefined,
): Record<string, string> {
  if (allowed.length === 0) return {};
  const all = allowed.includes('*');
  const named = all ? '*' : allowed.find((one) => one === origin);
  return {
    ...(!all && { vary: 'Origin' }),
    ...(named !== undefined && {
      'access-control-allow-origin': named,
      'access-control-expose-headers': EXPOSED_HEADERS.join(', '),
    }),
  };
}

/** The origin that a request names whose headers could not be read, where it stands in what came of it last. */
export const originIn = ({ rawPacket }: { rawPacket?: unknown }): string | undefined =>
  Buffer.isBuffer(rawPacket) ? /\r\norigin: *(\S+)/i.exec(rawPacket.toString('latin1'))?.[1] : undefined;
