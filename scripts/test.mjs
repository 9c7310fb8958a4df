// `npm test`: the whole suite, or the files that match the arguments; at the end the servers each suite ran on, by name
// and version, and one line of counts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from './lib/command.mjs';
import { ensureInstalled, root } from './lib/installation.mjs';
import { runPinned } from './lib/pinned-node.mjs';
import { toolPath } from './lib/tool-path.mjs';

/** Exit codes from here on are 128 and the number of a signal. */
const SIGNALLED = 129;

await command(runSuite);

async function runSuite() {
  await ensureInstalled({ dev: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat-report-'));
  const report = path.join(folder, 'report.json');
  const servers = path.join(folder, 'servers.ndjson');
  process.env.FAIRSEAT_SERVERS_REPORT = servers;
  const reporters = [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--reporter=./scripts/lib/skip-reasons.mjs',
  ];
  const code = await runPinned([toolPath('vitest'), 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
  });
  const interrupted = code >= SIGNALLED && !existsSync(report);
  const counts = countsOf(report);
  printServers(servers);
  rmSync(folder, { recursive: true, force: true });
  if (interrupted) {
    console.log('Interrupted: the run did not come to its end, so nothing is counted.');
    return code;
  }
  // A run that failed outside any test (a set-up, an unhandled rejection) has failed all the same.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return code;
}

/** Counts from vitest's JSON report; a file that broke before its first test counts as one failure. */
function countsOf(file) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const broken = results.testResults.filter(
    (r) => r.status === 'failed' && r.assertionResults.length === 0,
  ).length;
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** One line a suite that used a server. */
function printServers(file) {
  if (!existsSync(file)) return;
  const suites = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { suite, server } = JSON.parse(line);
    suites.set(suite, [...(suites.get(suite) ?? []), server]);
  }
  console.log('servers:');
  for (const [suite, servers] of [...suites].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`  ${suite}: ${[...new Set(servers)].join('; ')}`);
}
