// The commands that do something and end, in the order of the help.
import type { Command } from 'commander';
import { addDemoCommand } from './demo-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addImportCommand } from './import-command.ts';
import { addLogCommands } from './log-commands.ts';
import { addProjectionCommands } from './projection-commands.ts';
import { addSearchCommands } from './search-command.ts';
import { addShowCommand } from './show-command.ts';

export function addTools(program: Command): void {
  // Who reads our output may have enough (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
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

/** A signal alone would leave a Postgres behind that was started for the command: what ends it runs at `exit`. */
function endWhenAsked(): void {
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
    // Where a command listens too, it ends by itself; the second signal finds it listening no more.
    process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(128 + number));
  }
}
