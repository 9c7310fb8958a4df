// How the command line answers: tables for people, JSON for machines (`--json`), a progress bar only on a terminal.
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';

export interface OutputOptions {
  readonly json?: boolean;
}

export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
export const printLine = (line: string): void => void process.stdout.write(`${line}\n`);

/** Rows under a heading; columns are the keys of `head`. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push(row.map((cell) => String(cell ?? '')));
  printLine(table.toString());
}

/** Must be ended, also when the work fails: the bar of a terminal keeps the process alive. */
export interface Progress {
  update(done: number, total: number, more?: string): void;
  end(): void;
}

/** A bar on the error stream of a terminal; a line every tenth elsewhere, so that logs stay short. */
export function progress(label: string): Progress {
  if (!process.stderr.isTTY) return progressLines(label);
  const bar = new SingleBar({
    format: `${label} {bar} {value}/{total} {more}`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let begun = false;
  // Whatever ends the process gives the cursor back.
  const stop = (): void => bar.stop();
  return {
    update(done, total, more = '') {
      if (!begun) {
        bar.start(total, done, { more });
        process.once('exit', stop);
      }
      begun = true;
      bar.setTotal(total);
      bar.update(done, { more });
    },
    end() {
      process.removeListener('exit', stop);
      stop();
    },
  };
}

function progressLines(label: string): Progress {
  let tenth = -1;
  return {
    update(done, total, more = '') {
      const now = total > 0 ? Math.floor((done / total) * 10) : 10;
      if (now === tenth) return;
      tenth = now;
      process.stderr.write(`${label}: ${done} of ${total} ${more}\n`);
    },
    end: () => {},
  };
}
