// Bodies: JSON as JSON, also when it is empty (a DELETE that says it sends JSON), and nothing else unless a route asks.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiProblem, invalid } from '../errors.ts';
import { InputInvalid } from '../validation.ts';

/** A seating plan is some ten levels deep. */
const DEPTH_MAX = 100;
const TOO_DEEP = `Nest lists and objects at most ${DEPTH_MAX} deep.`;
/** Shorter ones cannot be deep enough to hurt. */
const SHALLOW_LENGTH_MAX = 1_024;

const PROTOTYPE = /"(?:__proto__|constructor)"\s*:/;
const PROTOTYPE_REFUSED = 'Leave out fields named "__proto__" or "constructor".';

/** Prototype poisoning (`__proto__`, `constructor.prototype`) is refused by Fastify's own parser. */
export function registerJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (bytes.length === 0) return done(null, undefined);
    const coded = codedBody(request);
    if (coded !== null) return done(coded);
    // JSON is UTF-8 (RFC 8259 §8.1); decoded all the same, other bytes would be stored as something else.
    if (!isUtf8(bytes)) return done(invalid('', 'wrongFormat', 'Send the body in UTF-8.'));
    const body = bytes.toString();
    if (body.length > SHALLOW_LENGTH_MAX && isTooDeep(body)) return done(invalid('', 'tooDeep', TOO_DEEP));
    void parse(request, body, (error, value) => {
      request.jsonBody = value;
      if (value === null) return done(invalid('', 'wrongType', 'Give an object.'));
      if (error === null) return done(unasked(request, value), value);
      // Fastify says of both that they are no JSON.
      done(PROTOTYPE.test(body) ? invalid('', 'unknown', PROTOTYPE_REFUSED) : error);
    });
  });
}

/** The problem with a body in a coding that is never taken off here, whose bytes would be taken for what was meant. */
export function codedBody({ headers }: FastifyRequest): ApiProblem | null {
  if (/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) return null;
  return new ApiProblem(
    'UnsupportedMediaType',
    'Send the body as it is, not compressed, and without Content-Encoding.',
    { headers: { 'accept-encoding': 'identity' } },
  );
}

/** What is sent to a route that takes no body. */
function unasked({ is404, routeOptions: { schema } }: FastifyRequest, value: unknown): InputInvalid | null {
  if (is404 || schema?.body !== undefined || typeof value !== 'object' || value === null) return null;
  const keys = Object.keys(value);
  if (keys.length === 0) return null;
  return new InputInvalid('body', [{ code: 'unrecognized_keys', keys, path: [], message: '' }], value);
}

/** Parsing half a million brackets takes a second of everybody's time; finding out that there are takes a millisecond. */
function isTooDeep(json: string): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const c = json[i];
    if (c === '"') i = endOfString(json, i);
    else if (c === '[' || c === '{') {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if (c === ']' || c === '}') depth -= 1;
  }
  return false;
}

/** Where the string that begins at `at` ends: the next quote that is not escaped. */
function endOfString(json: string, at: number): number {
  for (let end = json.indexOf('"', at + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
