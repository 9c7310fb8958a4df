// Random commands, by two processes: whatever is appended, repeated, raced for, read and followed in whatever order, the log
// answers as a list would. A failure prints the commands and the seed that draws them again.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { COMMANDS, LogModel, RealLog } from './log-model.ts';
import type { LogUnderTest } from './sample-events.ts';

const RUNS = 500;
const COMMANDS_MAX = 100;
/** Memory is through with all of them by then, a real server with some fifty. */
const MS_MAX = 12_000;

export function randomCommands(opened: () => LogUnderTest): void {
  describe('random commands', () => {
    test('are answered as by a list', async () => {
      const until = performance.now() + MS_MAX;
      await fc.assert(
        // A history that has begun is ended, or one that stands still would count as a good one.
        fc.asyncProperty(
          fc.commands(COMMANDS, { maxCommands: COMMANDS_MAX, size: 'max' }),
          async (commands) => {
            if (performance.now() > until) return;
            const model = new LogModel(await opened().log.lastPosition());
            const real = new RealLog(opened());
            try {
              await fc.asyncModelRun(() => ({ model, real }), commands);
              await real.expectFollowed(model);
            } finally {
              await real.close();
            }
          },
        ),
        { numRuns: RUNS },
      );
    });
  });
}
