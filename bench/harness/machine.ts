// Where figures were measured: they mean nothing without it.
import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';

export function machine(): { machine: string; node: string; commit: string } {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const git = (...args: string[]) => spawnSync('git', args, { encoding: 'utf8' }).stdout.trim();
  const changed = git('status', '--porcelain', '--', 'src', 'bench', 'test') ? ' with changes' : '';
  return {
    machine: `${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, ${type()} ${release()}`,
    node: process.version,
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed}`,
  };
}
