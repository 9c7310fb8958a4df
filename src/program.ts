// The command line: reads the settings, starts a profile, and stops it cleanly when asked to.
import { Command } from 'commander';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { loadConfig, mistypedSettings, withEnvFile } from './config.ts';
import type { Config } from './config.ts';
import { Fault } from './ports/fault.ts';
import { StartRefused } from './ports/start-refused.ts';
import type { Role } from './profiles/distributed.ts';
import type { RunningEngine } from './profiles/running.ts';

/** A Ctrl-C reaches this process from the terminal and once more from npm: within this time they are one. */
const SAME_SIGNAL_MS = 2_000;
/** Beyond `SHUTDOWN_MS`, for the database to stop. */
const SHUTDOWN_GRACE_MS = 8_000;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const program = new Command('fairseat')
  .description('Sells seats fairly: an event-sourced ticket-booking engine.')
  .version(version)
  .showHelpAfterError();

program
  .command('start', { isDefault: true })
  .allowExcessArguments()
  .description('start the engine and serve until SIGINT or SIGTERM')
  .action((_options: unknown, command: Command) => {
    const [unknown] = command.args;
    return unknown === undefined ? start() : refuseCommand(unknown);
  });

const ROLES = {
  api: 'serve the HTTP API',
  relay: 'publish the event log to Kafka; of several, one is active',
  projector: 'build the views; several share the work',
  worker: 'record lapses, follow the catalogue, import feeds',
} as const satisfies Record<Role, string>;

for (const [role, does] of Object.entries(ROLES))
  program
    .command(role)
    .description(`distributed profile, as a process of its own: ${does}`)
    .action(() => startRole(role as Role));

// What serves does not load what only the tools need: every start after a crash would wait for it.
const [asked = 'start'] = process.argv.slice(2);
if (asked !== 'start' && !(asked in ROLES)) (await import('./cli/tools.ts')).addTools(program);

try {
  await program.parseAsync();
} catch (error) {
  // What its operator can mend, or a server that is away: a stack would not say more. Anything else is a bug of ours.
  if (!(error instanceof StartRefused) && !(error instanceof Fault)) throw error;
  for (const sentence of error.message.split('\n')) console.error(`fairseat: ${sentence}`);
  process.exitCode = 1;
}

async function refuseCommand(unknown: string): Promise<never> {
  if (asked === 'start')
    throw new StartRefused(
      `"fairseat start" takes no ${unknown}; settings are environment variables or in .env.`,
    );
  const { didYouMean } = await import('./cli/known-names.ts');
  const names = program.commands.map((command) => command.name());
  throw new StartRefused(`There is no command ${unknown}; ${didYouMean(unknown, names)}`);
}

async function start(): Promise<void> {
  const config = readSettings();
  await run(config, async (asked) => {
    if (config.profile === 'distributed')
      return (await import('./profiles/distributed.ts')).startDistributed(config, undefined, asked);
    return (await import('./profiles/embedded.ts')).startEmbedded(config, asked);
  });
}

async function startRole(role: Role): Promise<void> {
  const config = readSettings();
  if (config.profile !== 'distributed')
    throw new StartRefused(
      `PROFILE is "${config.profile}", in which one process is everything: use "fairseat start", or set PROFILE to distributed.`,
    );
  const { startDistributed } = await import('./profiles/distributed.ts');
  await run(config, (asked) => startDistributed(config, [role], asked));
}

function readSettings(): Config {
  const env = withEnvFile(process.env);
  for (const sentence of mistypedSettings(env)) console.error(`fairseat: ${sentence}`);
  return loadConfig(env);
}

async function run(config: Config, begin: (asked: AbortSignal) => Promise<RunningEngine>): Promise<void> {
  const asked = whenAskedToStop(config);
  const engine = await begin(asked);
  // Now, for a process that is killed would leave nothing for the next start.
  flushCompileCache();
  if (!asked.aborted) await once(asked, 'abort');
  await engine.stop();
  process.exit(0);
}

/** Aborts at the first signal; a later one, or a stop that takes too long, ends the process at once. */
function whenAskedToStop(config: Config): AbortSignal {
  const asked = new AbortController();
  let askedAt = 0;
  const onSignal = () => {
    if (askedAt > 0 && Date.now() - askedAt > SAME_SIGNAL_MS) process.exit(1);
    if (askedAt > 0) return;
    askedAt = Date.now();
    setTimeout(() => process.exit(1), config.shutdownMs + SHUTDOWN_GRACE_MS).unref();
    asked.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return asked.signal;
}
