// Which servers a suite ran on: a line each in the file that `npm test` reads when all suites are done.
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { RunningServer } from './running-server.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const noted = new Set<string>();

/** Notes the server for the suite that is running, if one is; gives it back. */
export function noteServer<S extends Pick<RunningServer, 'name' | 'version' | 'origin'>>(server: S): S {
  const file = process.env['FAIRSEAT_SERVERS_REPORT'];
  const suite = process.env['FAIRSEAT_SUITE'];
  if (!file || !suite) return server;
  const { name, version, origin } = server;
  const line = JSON.stringify({
    suite: path.relative(root, suite),
    server: `${name} ${version}, ${origin}`,
  });
  if (!noted.has(line)) appendFileSync(file, `${line}\n`);
  noted.add(line);
  return server;
}
