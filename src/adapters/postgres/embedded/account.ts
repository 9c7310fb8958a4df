// Postgres refuses to run as root: this finds the user it runs as, and how that user reaches the folders.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { StartRefused } from '../../../ports/start-refused.ts';

interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

export interface Account {
  /** Who owns the data; undefined when Postgres runs as the user of this process. */
  readonly owner: UserIds | undefined;
  /** What to spawn to run `program` as that user. */
  command(
    program: string,
    args: readonly string[],
  ): { file: string; args: string[]; ids: UserIds | undefined };
}

/** Folders below a private one (such as /root) stay closed to another user unless it may pass by permissions. */
const PASS_PERMISSIONS = [
  '--clear-groups',
  // Without it access(2), which Postgres asks about its own programs, forgets the capability below.
  '--securebits=+no_setuid_fixup',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
];

/**
 * Chooses the account that can run `program` and reach `folder`: this user, or as root the owner of `existing` data,
 * else `postgres`, else `nobody`. Refuses, naming remedies, when as root none can.
 */
export function chooseAccount(program: string, folder: string, existing: string): Account {
  if (process.getuid?.() !== 0)
    return { owner: undefined, command: (file, args) => ({ file, args: [...args], ids: undefined }) };
  const ids = ownerOf(existing) ?? systemUser('postgres') ?? systemUser('nobody');
  if (!ids) throw refusal('there is neither a user `postgres` nor `nobody` it could run as');
  const accounts = [plain(ids), passing(ids)];
  const found = accounts.find((account) => reaches(account, program, folder));
  if (!found) throw refusal(`user ${ids.uid} cannot reach ${folder} or ${program}`);
  return found;
}

function plain(ids: UserIds): Account {
  return { owner: ids, command: (file, args) => ({ file, args: [...args], ids }) };
}

function passing(ids: UserIds): Account {
  const become = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, ...PASS_PERMISSIONS];
  return {
    owner: ids,
    command: (file, args) => ({ file: 'setpriv', args: [...become, file, ...args], ids: undefined }),
  };
}

/** Data that an ordinary user made stays that user's, so that both can start it in turn. */
function ownerOf(existing: string): UserIds | undefined {
  const stat = statSync(existing, { throwIfNoEntry: false });
  return stat && stat.uid !== 0 ? { uid: stat.uid, gid: stat.gid } : undefined;
}

function systemUser(name: string): UserIds | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((l) => l.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Tried, not computed: mode bits, access lists, mount options and containers all have a say. */
function reaches(account: Account, program: string, folder: string): boolean {
  const { file, args, ids } = account.command('/bin/sh', [
    '-c',
    'cd "$1" && exec "$2" --version',
    'sh',
    folder,
    program,
  ]);
  const tried = spawnSync(file, args, { ...ids, cwd: '/', encoding: 'utf8' });
  return tried.status === 0 && !tried.stderr.includes('invalid binary');
}

function refusal(why: string): StartRefused {
  return new StartRefused(
    `The embedded Postgres does not run as root, and ${why}. Either start Fairseat as an ordinary user, ` +
      'or put DATA_DIR and the installation where every user may pass (chmod o+x on the folders above), ' +
      'or set DATABASE_URL to a Postgres of your own.',
  );
}
