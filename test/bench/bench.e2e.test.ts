// The main benchmarks run small, for their checks alone: no figure of a shared machine is asserted. Whatever was
// acknowledged is in the log, no seat is there twice, all lapses are recorded; else the bench ends with an error.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'fairseat-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['hot-show', 'browse', 'view-lag', 'hold-expiry', 'waitlist'])(
  'the bench %s runs small and its checks hold',
  { timeout: 400_000 },
  (name) => {
    const report = join(folder, `${name}.json`);
    const args = ['bench/main.ts', name, '--quick', '--disk', 'plain', '--report', report];
    const cwd = join(import.meta.dirname, '../..');
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const { compared, figures, quick } = JSON.parse(readFileSync(report, 'utf8')) as {
      quick: boolean;
      compared: { comparisons: { value: { median: number } }[] }[];
      figures: unknown[];
    };
    expect(quick).toBe(true);
    expect(compared.length + figures.length).toBeGreaterThan(0);
    for (const { value } of compared.flatMap(({ comparisons }) => comparisons))
      expect(value.median).toBeGreaterThan(0);
  },
);
