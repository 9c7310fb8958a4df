// A Java that is new enough: the one that is named, the usual one, or any that is installed.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const INSTALLED = ['/usr/lib/jvm', '/opt/java', '/Library/Java/JavaVirtualMachines'];

/** Path of a `java` of at least that version: JAVA<version>, JAVA_HOME, the PATH, then what lies in the usual folders. */
export async function javaOf(versionMin: number): Promise<string> {
  const home = process.env['JAVA_HOME'];
  const candidates = [
    process.env[`JAVA${versionMin}`],
    home && path.join(home, 'bin', 'java'),
    'java',
    ...INSTALLED.filter((folder) => existsSync(folder)).flatMap((folder) =>
      readdirSync(folder).flatMap((name) => [
        path.join(folder, name, 'bin', 'java'),
        path.join(folder, name, 'Contents', 'Home', 'bin', 'java'),
      ]),
    ),
  ].filter((candidate): candidate is string => Boolean(candidate));
  for (const java of candidates) if (((await versionOf(java)) ?? 0) >= versionMin) return java;
  throw new Error(`No Java ${versionMin} or newer was found; install one, or name it in JAVA${versionMin}.`);
}

async function versionOf(java: string): Promise<number | null> {
  if (java.includes(path.sep) && !existsSync(java)) return null;
  try {
    const { stderr, stdout } = await promisify(execFile)(java, ['-version'], { timeout: 20_000 });
    return Number(/version "(\d+)/.exec(stderr + stdout)?.[1] ?? 0);
  } catch {
    return null;
  }
}
