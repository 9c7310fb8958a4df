// The story of the walkthrough, unchanged, on the distributed profile: the log in EventStoreDB (or its stand-in), a real
// Kafka, and every role in one process.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startDistributed } from '../../src/profiles/distributed.ts';
import type { RunningEngine } from '../../src/profiles/running.ts';
import { FrontEnd } from '../e2e/walkthrough/front-end.ts';
import { walkThrough } from '../e2e/walkthrough/story.ts';
import { startEventStore, type EventStoreUnderTest } from '../support/eventstoredb/event-store.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startKafka } from '../support/servers/servers.ts';

const KEY = 'fs_walkthrough_key_of_no_value';
let database: TestDatabase;
let kafka: RunningServer;
let eventStore: EventStoreUnderTest;
let engine: RunningEngine;

beforeAll(async () => {
  [database, kafka, eventStore] = await Promise.all([createDatabase(), startKafka(), startEventStore()]);
  engine = await startDistributed(
    loadConfig({
      PROFILE: 'distributed',
      PORT: '0',
      LOG_LEVEL: 'error',
      ADMIN_API_KEY: KEY,
      DATABASE_URL: database.url,
      EVENTSTORE_URL: eventStore.url,
      KAFKA_BROKERS: kafka.url,
    }),
  );
}, 300_000);
afterAll(async () => {
  await engine.stop();
  await Promise.all([database.drop(), kafka.stop(), eventStore.stop()]);
}, 60_000);

it('comes true', { timeout: 120_000 }, async () => {
  const told: string[] = [];
  await walkThrough(new FrontEnd(engine.url, KEY), (line) => told.push(line));
  expect(told.at(-1)).toContain('Everything was as it should be.');
});
