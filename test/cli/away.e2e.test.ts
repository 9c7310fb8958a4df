// Commands whose servers are away, or whose arguments make no sense: a sentence and an exit code, no stack.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import packaged from '../../package.json' with { type: 'json' };
import { API_VERSION } from '../../src/api/server.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const NOBODY = 'esdb://127.0.0.1:1?tls=false';
const LOG_IN_POSTGRES = '';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

const fairseat = (
  args: readonly string[],
  DATABASE_URL = database.url,
  EVENTSTORE_URL = NOBODY,
): Promise<Ended> => {
  const env = {
    PATH: process.env['PATH'],
    PROFILE: 'distributed',
    DATABASE_URL,
    KAFKA_BROKERS: '127.0.0.1:1',
    EVENTSTORE_URL,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, out, said) =>
      resolve({ code: Number(error?.code ?? 0), out, said }),
    );
  });
};

it.each([
  ['show inspect', ['show', 'inspect', '0197c0de-0000-7000-8000-000000000000']],
  ['log export', ['log', 'export']],
  ['projections list', ['projections', 'list']],
])('%s says in one sentence that EventStoreDB does not answer', { timeout: 60_000 }, async (_, args) => {
  const { code, said } = await fairseat(args);
  expect([code, said]).toEqual([1, expect.stringMatching(/^fairseat: EventStoreDB could not .+\n$/)]);
});

it('says of which version it is, as the API does', async () => {
  const { code, out } = await fairseat(['--version']);
  expect([code, out]).toEqual([0, `${packaged.version}\n`]);
  expect(API_VERSION).toBe(packaged.version);
});

it('show inspect says in one sentence that the database does not answer', { timeout: 60_000 }, async () => {
  const { code, said } = await fairseat(['show', 'inspect', 'x'], 'postgres://nobody@127.0.0.1:1/none');
  expect([code, said]).toEqual([1, expect.stringMatching(/^fairseat: DATABASE_URL names a database .+\n$/)]);
});

it('log copy refuses an address that is no URL, and does not repeat the password in it', async () => {
  const { code, said } = await fairseat(['log', 'copy', '--to', 'postgres://owner:half#secret@db/fairseat']);
  expect([code, said]).toEqual([1, expect.stringMatching(/^fairseat: The address .+ no URL .+\n$/)]);
  expect(said).not.toContain('half');
});

it('the doctor reports also where EVENTSTORE_URL is no connection string', { timeout: 60_000 }, async () => {
  const { code, out } = await fairseat(['doctor', '--json'], undefined, 'esdb://a:b:c');
  expect(code).toBe(1);
  const { checks } = JSON.parse(out) as { checks: { name: string; ok: boolean; found: string }[] };
  expect(checks.find(({ name }) => name === 'log')).toMatchObject({
    ok: false,
    found: expect.stringContaining('EVENTSTORE_URL cannot be used'),
  });
});

it.each(['', 'My Provider', 'provider_1'])(
  'import refuses the source "%s", whose feeds could come neither over HTTP nor on a schedule',
  { timeout: 60_000 },
  async (source) => {
    const { code, said } = await fairseat(['import', 'none.xml', '--source', source]);
    expect([code, said]).toEqual([1, expect.stringContaining(`fairseat: --source is "${source}"; give `)]);
  },
);

it.each(['', '-1', '1 May', '2027-05-01T25:00:00Z', '20:00'])(
  'show inspect refuses "%s" as a moment, which would be read as some time',
  { timeout: 60_000 },
  async (at) => {
    const { code, said } = await fairseat(['show', 'inspect', 'x', `--at=${at}`], undefined, LOG_IN_POSTGRES);
    expect([code, said]).toEqual([1, expect.stringContaining(`fairseat: --at "${at}" is neither `)]);
  },
);

it.each(['', '1e3', '0x10', ' 1'])('log export refuses "%s" as a position', async (after) => {
  const { code, said } = await fairseat(['log', 'export', `--after=${after}`], undefined, LOG_IN_POSTGRES);
  expect([code, said]).toEqual([1, expect.stringContaining('A position is a whole number')]);
});

it('import names a file that it cannot read as it was written', { timeout: 60_000 }, async () => {
  const { code, said } = await fairseat(['import', '/Meine Kärtchen/none.xml'], undefined, LOG_IN_POSTGRES);
  expect([code, said]).toEqual([
    1,
    expect.stringContaining('The feed file /Meine Kärtchen/none.xml could not'),
  ]);
});
