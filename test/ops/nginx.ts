// The nginx of ops/nginx on this machine, in front of servers of a test.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePorts } from '../support/servers/free-ports.ts';

const SOURCE = path.resolve(import.meta.dirname, '../../ops/nginx');
const STOP_MS_MAX = 5_000;

/** null: there is none here. */
export function nginxVersion(): string | null {
  const asked = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  return asked.status === 0 ? (/nginx\/(\S+)/.exec(asked.stderr)?.[1] ?? null) : null;
}

/** The configuration as it stands, but for addresses and folders. */
function configured(port: number, upstreams: readonly string[]): string {
  // nginx takes no blanks in names, and its workers are another user.
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat-nginx-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  cpSync(SOURCE, folder, { recursive: true });
  const main = path.join(folder, 'nginx.conf');
  const text = readFileSync(main, 'utf8')
    .replaceAll('/var/cache/nginx', folder)
    .replace('listen 8080', `listen 127.0.0.1:${port}`);
  writeFileSync(main, text);
  const servers = path.join(folder, 'upstreams.conf');
  const two = readFileSync(servers, 'utf8')
    .replaceAll('api1:3000', upstreams[0]!)
    .replaceAll('api2:3000', upstreams[1] ?? upstreams[0]!);
  writeFileSync(servers, two);
  return main;
}

/** `nginx -t`: what it has to say of the configuration; '' when it is well. */
export function complaints(): string {
  const { status, stderr } = spawnSync('nginx', ['-t', '-q', '-c', configured(8080, ['127.0.0.1:3000'])], {
    encoding: 'utf8',
  });
  return status === 0 ? '' : stderr;
}

/** Runs until the test ends. `upstreams`: `host:port` of one or two. */
export async function startNginx(upstreams: readonly string[]): Promise<string> {
  const [port] = (await freePorts(1)) as [number];
  const nginx = spawn('nginx', ['-c', configured(port, upstreams), '-g', 'daemon off;'], {
    stdio: 'inherit',
  });
  const ended = new Promise((resolve) => nginx.once('exit', resolve));
  onTestFinished(async () => {
    nginx.kill('SIGTERM');
    const late = setTimeout(() => nginx.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(late);
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/metrics`).then(
      () => true,
      () => false,
    ))
  )
    await sleep(20);
  return url;
}
