// Bodies: JSON as JSON, also when it is empty (a DELETE that says it sends JSON), and nothing else unless a route asks.
import type { FastifyInstance } from 'fastify';
import { ApiProblem } from './errors.ts';

/** A seating plan is some ten levels deep. */
const DEPTH_MAX = 100;
/** Shorter ones cannot be deep enough to hurt. */
const SHALLOW_LENGTH_MAX = 1_024;

/** Prototype poisoning (`__proto__`, `constructor.prototype`) is refused by Fastify's own parser. */
export function registerJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body.length === 0) return done(null, undefined);
    if (body.length > SHALLOW_LENGTH_MAX && isTooDeep(body)) return done(tooDeep());
    void parse(request, body, (error, value) => {
      request.jsonBody = value;
      done(error, value);
    });
  });
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

function tooDeep(): ApiProblem {
  const message = `Nest lists and objects at most ${DEPTH_MAX} deep.`;
  return new ApiProblem('InvalidRequest', message, {
    members: { errors: [{ pointer: '', code: 'tooDeep', message }] },
  });
}
