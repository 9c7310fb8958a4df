// Makes the data folder of the embedded Postgres, all or nothing: built beside its place and renamed into it,
// so that a start killed half-way leaves nothing a later one could take for a database.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { closeSync, fsyncSync, openSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { StartRefused } from '../../../ports/start-refused.ts';
import type { Account } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';

export const SUPERUSER = 'fairseat';
const MAJOR_VERSION = '18';

/** Unicode classes and code-point order, the same on every machine and after every update of the system. */
const LOCALE = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];

/** Where the parts of the embedded Postgres lie below DATA_DIR. */
export interface ClusterPaths {
  readonly data: string;
  readonly draft: string;
  readonly password: string;
  readonly log: string;
}

export function clusterPaths(dataDir: string): ClusterPaths {
  return {
    data: join(dataDir, 'postgres'),
    draft: join(dataDir, 'postgres.new'),
    password: join(dataDir, 'postgres-password'),
    log: join(dataDir, 'postgres.log'),
  };
}

/**
 * Makes sure a database cluster is there and gives the superuser's password. Needs the lock of DATA_DIR.
 * Refuses data of another Postgres version, of another user, or without its password.
 */
export async function ensureCluster(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  account: Account,
): Promise<string> {
  rmSync(paths.draft, { recursive: true, force: true });
  if (existsSync(paths.data)) {
    checkExisting(paths);
    takeOwnership(paths.data, account);
    return readPassword(paths);
  }
  const password = existsSync(paths.password) ? readPassword(paths) : writePassword(paths.password);
  await initialise(paths, binaries, account, password);
  return password;
}

async function initialise(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  account: Account,
  password: string,
): Promise<void> {
  const made = join(paths.draft, 'data');
  const passwordFile = join(paths.draft, 'password');
  const build = async (ctype: string) => {
    rmSync(paths.draft, { recursive: true, force: true });
    mkdirSync(paths.draft, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    for (const path of [passwordFile, paths.draft])
      if (account.owner) lchownSync(path, account.owner.uid, account.owner.gid);
    const args = [
      `--pgdata=${made}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--no-instructions',
    ];
    return run(account, binaries.initdb, [...args, ...LOCALE, `--lc-ctype=${ctype}`], paths.draft);
  };
  let failure = await build('C.UTF-8');
  if (failure?.includes('invalid locale name')) failure = await build('C');
  if (failure !== undefined) {
    throw new StartRefused(
      `The embedded Postgres could not be set up in ${dirname(paths.data)}: ${failure.trim()}`,
    );
  }
  renameSync(made, paths.data);
  syncFolder(dirname(paths.data));
  rmSync(paths.draft, { recursive: true, force: true });
}

/** Undefined when it went well, else what it said. */
async function run(
  account: Account,
  program: string,
  programArgs: readonly string[],
  cwd: string,
): Promise<string | undefined> {
  const { file, args, ids } = account.command(program, programArgs);
  // A session of its own: a Ctrl-C here would leave half a cluster, where waiting a second leaves a whole one.
  const child = spawn(file, args, {
    ...ids,
    cwd,
    env: postgresEnv(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('exit', resolve),
  );
  const [said, code] = await Promise.all([text(child.stderr), exit]);
  return code === 0 ? undefined : said || `initdb ended with ${code}`;
}

/** Without the PG… variables of the machine, which would point Postgres elsewhere. */
export function postgresEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

function checkExisting(paths: ClusterPaths): void {
  const version =
    existsSync(join(paths.data, 'PG_VERSION')) && readFileSync(join(paths.data, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR_VERSION) {
    throw new StartRefused(
      `${paths.data} ${version ? `holds data of Postgres ${version}` : 'is no Postgres data folder'}, ` +
        `and the embedded Postgres is ${MAJOR_VERSION}. Name another DATA_DIR, or set DATABASE_URL.`,
    );
  }
  const uid = process.getuid?.();
  const owner = statSync(paths.data).uid;
  if (uid !== undefined && uid !== 0 && uid !== owner) {
    throw new StartRefused(
      `${paths.data} belongs to user ${owner} and this is user ${uid}. Start as that user, or name another DATA_DIR.`,
    );
  }
}

/** A folder that root copied or restored belongs to root, whom Postgres refuses to serve. */
function takeOwnership(data: string, account: Account): void {
  if (!account.owner || statSync(data).uid === account.owner.uid) return;
  const { uid, gid } = account.owner;
  const visit = (path: string): void => {
    lchownSync(path, uid, gid);
    if (!lstatSync(path).isDirectory()) return;
    for (const name of readdirSync(path)) visit(join(path, name));
  };
  visit(data);
  chmodSync(data, 0o700);
}

function readPassword(paths: ClusterPaths): string {
  try {
    return readFileSync(paths.password, 'utf8').trim();
  } catch (error) {
    throw new StartRefused(
      `${paths.password}, the password of the embedded Postgres, cannot be read (${(error as Error).message}). ` +
        'Put it back from a backup of DATA_DIR, or start as the user who owns it.',
    );
  }
}

function writePassword(path: string): string {
  const password = randomBytes(24).toString('base64url');
  const draft = `${path}.new`;
  writeFileSync(draft, `${password}\n`, { mode: 0o600, flush: true });
  renameSync(draft, path);
  return password;
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return; // folders cannot be synced there
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
