// Two disks for each durable figure: the machine's own, and one whose every fsync takes 2 ms longer, as many a cloud
// disk's does. Who commits once a command pays for each; a benchmark without it flatters them. See docs/decisions/0033.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Disk {
  readonly name: string;
  /** Of the processes that write to it. */
  readonly env: Record<string, string>;
}

export const plainDisk: Disk = { name: 'disk as it is', env: {} };

const DELAY_US = 2_000;
const SOURCE = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int later(int (*sync)(int), int fd) { usleep(${DELAY_US}); return sync(fd); }
int fsync(int fd) { return later((int (*)(int))dlsym(RTLD_NEXT, "fsync"), fd); }
int fdatasync(int fd) { return later((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"), fd); }
`;

/** Builds the shim; undefined, with the reason, where that cannot be. It is removed when this process ends. */
export function slowDisk(): Disk | { readonly missing: string } {
  if (process.platform !== 'linux') return { missing: 'LD_PRELOAD is a thing of Linux' };
  const folder = mkdtempSync(join(tmpdir(), 'fairseat-fsync-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Postgres runs as a user of its own, who must be able to read it.
  chmodSync(folder, 0o755);
  const [source, shim] = [join(folder, 'fsync.c'), join(folder, 'fsync.so')];
  writeFileSync(source, SOURCE);
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (built.error) return { missing: 'there is no C compiler (apt-get install gcc libc6-dev)' };
  if (built.status !== 0) return { missing: `the C compiler refused the shim: ${built.stderr}` };
  return { name: 'each fsync + 2 ms', env: { LD_PRELOAD: shim } };
}
