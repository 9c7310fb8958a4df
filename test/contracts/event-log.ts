// The promises of the EventLog port, one suite for every adapter. What only one technology can break (connections, slow
// transactions, restarts) is tested beside that adapter.
import { afterAll, beforeAll, describe } from 'vitest';
import { appending } from './event-log/appending.ts';
import { contents } from './event-log/contents.ts';
import { races } from './event-log/races.ts';
import { reading } from './event-log/reading.ts';
import { repeating } from './event-log/repeating.ts';
import { subscribing } from './event-log/subscribing.ts';
import type { LogUnderTest } from './event-log/sample-events.ts';

/** @param open a log whose storage may be shared by all tests of the suite */
export function eventLogContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`the event log ${name}`, () => {
    let opened: LogUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    for (const part of [appending, repeating, races, contents, reading, subscribing]) part(() => opened);
  });
}
