// Loaded into an engine before everything else, by tests alone: kills it with SIGKILL at the failpoint that TEST_FAILPOINT
// names, as `<count> <name>`.
import { writeSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import pg from 'pg';
import { FAILPOINTS, sentence } from './failpoints.ts';

const [, count, name] = /^(\d+) (.+)$/.exec(process.env['TEST_FAILPOINT'] ?? '') ?? [];
const point = name === undefined ? undefined : FAILPOINTS[name];
let left = Number(count);
if (point?.statement !== undefined) watchStatements(point.statement);
else if (point !== undefined) watchAnswers();

function isTheOne(): boolean {
  left -= 1;
  return left === 0;
}

function die(): never {
  writeSync(2, `${sentence(name!)}\n`);
  process.kill(process.pid, 'SIGKILL');
  for (;;); // not one more step
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

function watchStatements(statement: RegExp): void {
  const prototype = pg.Client.prototype as unknown as { query: AnyFunction };
  const query = prototype.query;
  prototype.query = function (...args) {
    if (!statement.test(textOf(args)) || !isTheOne()) return query.apply(this, args);
    if (point!.when === 'before') die();
    if (point!.when === 'sent') {
      setImmediate(die);
      return query.apply(this, args);
    }
    const callback = args.at(-1);
    if (typeof callback !== 'function') return (query.apply(this, args) as Promise<unknown>).then(die);
    return query.apply(this, [...args.slice(0, -1), die]);
  };
}

function textOf([statement, values]: unknown[]): string {
  const { text = '', values: own } =
    typeof statement === 'string'
      ? { text: statement, values }
      : (statement as { text?: string; values?: unknown });
  return Array.isArray(own) && own.length > 0 ? `${text}${JSON.stringify(own)}` : text;
}

function watchAnswers(): void {
  const prototype = ServerResponse.prototype as unknown as { end: AnyFunction };
  const end = prototype.end;
  prototype.end = function (...args) {
    const { req, statusCode } = this as ServerResponse;
    const isVerdict = req.method !== 'GET' && statusCode < 300;
    if (!isVerdict || !isTheOne()) return end.apply(this, args);
    if (point!.when === 'before') die();
    setImmediate(die);
    return end.apply(this, args);
  };
}
