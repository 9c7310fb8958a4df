// The commands that do something and end, in the order of the help.
import type { Command } from 'commander';
import { addDemoCommand } from './demo-command.ts';
import { addDoctorCommand } from './doctor/command.ts';
import { addImportCommand } from './import-command.ts';
import { addLogCommands } from './log-commands.ts';
import { addProjectionCommands } from './projection-commands.ts';
import { addSearchCommands } from './search-command.ts';
import { addShowCommand } from './show-command.ts';

export function addTools(program: Command): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endWhenUnwritable);
  endWhenAsked();
  for (const add of [
    addImportCommand,
    addDemoCommand,
    addProjectionCommands,
    addSearchCommands,
    addLogCommands,
    addShowCommand,
    addDoctorCommand,
  ])
    add(program);
}

/** Who reads may have enough (`| head`): what was begun, such as an import or a rebuild, is done all the same. */
function endWhenUnwritable(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  console.error(`fairseat: What it prints cannot be written: ${error.message}.`);
  process.exit(1);
}

/** A signal alone would leave a Postgres behind that was started for the command: what ends it runs at `exit`. */
function endWhenAsked(): void {
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
    // Where a command listens too, it ends by itself; the second signal finds it listening no more.
    process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(128 + number));
  }
}
