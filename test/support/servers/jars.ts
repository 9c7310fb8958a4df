// The jars of a server, copied once by Maven into a cache folder that is named by a hash of what was asked for.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const DOWNLOAD_MS_MAX = 300_000;
const cache = (): string =>
  process.env['SERVERS_CACHE'] ?? path.join(homedir(), '.cache', 'fairseat-servers');

/** The class path of a server; `name` is that of its POM in this folder. Needs Maven the first time. */
export async function jarsOf(name: 'kafka' | 'opensearch'): Promise<string> {
  const pom = path.join(import.meta.dirname, `${name}.pom.xml`);
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = path.join(cache(), `${name}-${hash}`);
  if (!existsSync(folder)) await download(pom, folder);
  return path.join(folder, '*');
}

async function download(pom: string, folder: string): Promise<void> {
  mkdirSync(path.dirname(folder), { recursive: true });
  const unfinished = `${folder}.${process.pid}`;
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`, '-DincludeScope=runtime'];
  process.stderr.write(`servers: fetching ${path.basename(pom, '.pom.xml')} with Maven, once …\n`);
  try {
    await promisify(execFile)('mvn', ['-q', '-B', '-f', pom, ...goal], { timeout: DOWNLOAD_MS_MAX });
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      missing ? 'Maven (mvn) is not installed.' : `Maven could not fetch the jars: ${String(error)}`,
      { cause: error },
    );
  }
  try {
    renameSync(unfinished, folder);
  } catch {
    rmSync(unfinished, { recursive: true }); // another process was first
  }
}

/** A jar's version as its file name tells it. */
export const versionIn = (pomName: 'kafka' | 'opensearch', artifact: string): string =>
  new RegExp(`<artifactId>${artifact}</artifactId><version>([^<]+)<`).exec(
    readFileSync(path.join(import.meta.dirname, `${pomName}.pom.xml`), 'utf8'),
  )?.[1] ?? 'of unknown version';
