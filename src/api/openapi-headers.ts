// What the OpenAPI document says of headers, so that a generated client has them: which ones an answer may carry, and which
// say what a client has already, follows from what its operation takes and answers, so no route says it.

interface Parameter {
  readonly name: string;
}
interface Response {
  headers?: Record<string, { $ref: string }>;
  readonly content?: Readonly<Record<string, unknown>>;
}
/** Of an operation, what its headers follow from. */
export interface Answering {
  parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
}

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' },
  example,
});
const seconds = (description: string) => ({ description, schema: { type: 'integer', minimum: 0 } });

export const RESPONSE_HEADERS = {
  ETag: text('A strong one: send it as `If-None-Match`.', '"kQ1x"'),
  Link: text('The next page; absent at the end.', '</v1/events?cursor=WyJh>; rel="next"'),
  'X-Position': text(
    'Where the view stood that was read, for who sends `X-Min-Position`; one hold, booking or entry always says it.',
    '184',
  ),
  'Idempotent-Replayed': text('`true`: this was done before, with the same Idempotency-Key.', 'true'),
  'Retry-After': seconds('How many seconds to wait before the next try.'),
  'WWW-Authenticate': text('The scheme to use.', 'Bearer'),
  'Accept-Encoding': text(
    'How to send the body: not compressed; absent where its type was the matter.',
    'identity',
  ),
  RateLimit: text(
    'What is left, and seconds until it is whole again; absent where nothing is counted.',
    '"key";r=99;t=60',
  ),
  'RateLimit-Policy': text('What is allowed in how many seconds.', '"key";q=100;w=60'),
  'X-Request-Id': text(
    'The `X-Request-Id` that you sent, if it is 8 to 64 of `A-Z a-z 0-9 . _ -`, else one of ours; problems have it as `requestId`, recorded events as `correlationid`.',
    'a1b2c3d4-1',
  ),
};
type Name = keyof typeof RESPONSE_HEADERS;

// Without examples, which the page would fill in.
const asked = (name: string, description: string) => ({
  in: 'header',
  name,
  required: false,
  description,
  schema: { type: 'string' },
});
const IF_NONE_MATCH = asked('If-None-Match', 'The `ETag` that you have: 304 while it still holds.');
const LAST_EVENT_ID = asked('Last-Event-ID', 'The last `id` that you have: goes on from there.');

/** Says by which headers what a client has already is taken into account, and of every answer which headers it may carry. */
export function describeHeaders(operation: Answering): void {
  const { parameters = [], responses } = operation;
  const isStream = responses['200']?.content?.['text/event-stream'] !== undefined;
  const had = [...('304' in responses ? [IF_NONE_MATCH] : []), ...(isStream ? [LAST_EVENT_ID] : [])];
  if (had.length > 0) operation.parameters = [...parameters, ...had];
  const taken = new Set(parameters.map(({ name }) => name.toLowerCase()));
  for (const [status, response] of Object.entries(responses)) {
    const names: Name[] = ['X-Request-Id'];
    const isRead = status === '200' || status === '304';
    if ('429' in responses) names.push('RateLimit', 'RateLimit-Policy');
    if ('304' in responses && isRead) names.push('ETag');
    if (taken.has('cursor') && isRead) names.push('Link');
    if (taken.has('x-min-position') && (isRead || status === '404')) names.push('X-Position');
    if (taken.has('idempotency-key') && status.startsWith('2')) names.push('Idempotent-Replayed');
    if (status === '401') names.push('WWW-Authenticate');
    if (status === '415') names.push('Accept-Encoding');
    if (status === '429' || status === '503') names.push('Retry-After');
    response.headers = Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    );
  }
}
