// The lock of DATA_DIR: one living engine at a time, whatever crashed before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDataDir } from '../../../src/adapters/system/data-dir-lock.ts';
import { ownIdentity } from '../../../src/adapters/system/process-identity.ts';
import { temporaryFolder } from '../../support/temp-folder.ts';

const lockModule = new URL('../../../src/adapters/system/data-dir-lock.ts', import.meta.url).href;

/** Another process that takes the lock, says `held` or the refusal, and stays until it is killed. */
async function otherEngine(dataDir: string) {
  const code = `import { lockDataDir } from ${JSON.stringify(lockModule)};
    await lockDataDir(process.argv[1]).then(() => console.log('held'), (e) => console.log('refused: ' + e.message));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    said: said.toString().trim(),
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function plant(dataDir: string, holder: object): void {
  for (const name of readdirSync(join(dataDir, 'lock')))
    writeFileSync(join(dataDir, 'lock', name), JSON.stringify(holder));
}

async function expectFree(dataDir: string): Promise<void> {
  const lock = await lockDataDir(dataDir);
  expect(lock).toBeDefined();
  lock.release();
}

test('a folder is locked once, and again after its release', async () => {
  const dataDir = join(temporaryFolder(), 'data');
  const first = await lockDataDir(dataDir);
  await expect(lockDataDir(dataDir)).rejects.toThrow(
    `is in use by another Fairseat (process ${process.pid})`,
  );
  first.release();
  await expectFree(dataDir);
});

test('a folder of a living process is refused, and free once that process was killed', async () => {
  const dataDir = temporaryFolder();
  const other = await otherEngine(dataDir);
  expect(other.said).toBe('held');
  await expect(lockDataDir(dataDir)).rejects.toThrow(`(process ${other.pid})`);
  await other.kill();
  await expectFree(dataDir);
});

test('of many starting at once on a stale lock exactly one wins', async () => {
  const dataDir = temporaryFolder();
  const stale = await otherEngine(dataDir);
  await stale.kill();
  const racers = await Promise.all(Array.from({ length: 8 }, () => otherEngine(dataDir)));
  await Promise.all(racers.map((racer) => racer.kill()));
  expect(racers.filter((racer) => racer.said === 'held')).toHaveLength(1);
  expect(racers.filter((racer) => racer.said.includes('is in use by another Fairseat'))).toHaveLength(7);
});

test('a pid that now belongs to another process does not hold the lock', async () => {
  const dataDir = temporaryFolder();
  (await lockDataDir(dataDir)).release();
  plant(dataDir, { ...ownIdentity(), startedAt: '1', token: 'before the reboot' });
  await expectFree(dataDir);
});

test('a holder in another container holds the lock while its heart beats', async () => {
  const dataDir = temporaryFolder();
  (await lockDataDir(dataDir)).release();
  const elsewhere = { pid: 1, startedAt: '1', pidSpace: 'another container', token: 'theirs' };
  plant(dataDir, elsewhere);
  const heart = setInterval(() => plant(dataDir, elsewhere), 500);
  await expect(lockDataDir(dataDir)).rejects.toThrow('is in use by another Fairseat');
  clearInterval(heart);
});

test('old numbers are swept: a folder started a hundred times holds one file', async () => {
  const dataDir = temporaryFolder();
  for (let start = 0; start < 100; start++) (await lockDataDir(dataDir)).release();
  const names = readdirSync(join(dataDir, 'lock'));
  expect(names).toHaveLength(1);
  expect(readFileSync(join(dataDir, 'lock', names[0] ?? ''), 'utf8')).toBe('');
});

test('a DATA_DIR that cannot be a folder is refused in words', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(lockDataDir(file)).rejects.toThrow(`DATA_DIR ${file} cannot be used`);
});
