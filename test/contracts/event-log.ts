// The promises of the EventLog port, one suite for every adapter. What only one technology can break (connections, slow
// transactions, restarts) is tested beside that adapter.
import { afterAll, beforeAll, describe } from 'vitest';
import { appending } from './event-log/appending.ts';
import { contents } from './event-log/contents.ts';
import { races } from './event-log/races.ts';
import { randomCommands } from './event-log/random-commands.ts';
import { reading } from './event-log/reading.ts';
import { repeating } from './event-log/repeating.ts';
import { subscribing } from './event-log/subscribing.ts';
import type { LogUnderTest } from './event-log/sample-events.ts';

const PARTS = { appending, repeating, races, contents, reading, subscribing, randomCommands };

/**
 * @param open a log whose storage is shared by the tests of one part
 * @param beyond what this adapter promises beyond the port
 */
export function eventLogContract(
  name: string,
  open: () => Promise<LogUnderTest>,
  beyond: Record<string, (opened: () => LogUnderTest) => void> = {},
): void {
  for (const [part, tests] of Object.entries({ ...PARTS, ...beyond })) {
    describe(`the event log ${name}, ${part}`, () => {
      let opened: LogUnderTest;
      beforeAll(async () => {
        opened = await open();
      });
      afterAll(() => opened.close());
      tests(() => opened);
    });
  }
}
