// `npm run walkthrough`: the story on an engine of its own, or on a running one: `-- --url URL --key KEY`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../../../src/config.ts';
import { startEmbedded } from '../../../src/profiles/embedded.ts';
import { FrontEnd } from './front-end.ts';
import { walkThrough } from './story.ts';

const { values } = parseArgs({ options: { url: { type: 'string' }, key: { type: 'string' } } });
const tell = (line: string): void => console.log(line);

if (values.url !== undefined && values.key !== undefined) {
  await walkThrough(new FrontEnd(values.url, values.key), tell);
} else if (values.url === undefined && values.key === undefined) {
  const dataDir = mkdtempSync(join(tmpdir(), 'fairseat-walkthrough-'));
  const key = 'fs_walkthrough_key_of_no_value';
  tell('Starting an engine with the demo in it (some 20 s) …');
  const engine = await startEmbedded(
    loadConfig({ PORT: '0', DATA_DIR: dataDir, ADMIN_API_KEY: key, LOG_LEVEL: 'warn' }),
  );
  try {
    await walkThrough(new FrontEnd(engine.url, key), tell);
  } finally {
    await engine.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
} else {
  console.error('Give both --url and --key, or neither.');
  process.exitCode = 2;
}
