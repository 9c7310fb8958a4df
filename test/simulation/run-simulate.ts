// Runs `npm run simulate` as tests need it: on plain Node, where modules load as they do in production and may be edited by a
// planted bug, and in a process of its own.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Report } from './command-line.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** What the command printed, and how it ended. */
export async function simulated(args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, said };
}

/** The same, as data. */
export async function reportOf(args: readonly string[]): Promise<Report> {
  const { said } = await simulated([...args, '--json']);
  return JSON.parse(said) as Report;
}
