// `fairseat search rebuild`: the index in OpenSearch anew, beside the one that serves.
import type { Command } from 'commander';
import { Fault } from '../ports/fault.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { withEngine, type Session } from '../profiles/command-line.ts';
import { rebuildIndex } from '../profiles/search.ts';
import { printJson, printLine, progress, type OutputOptions } from './output.ts';

export function addSearchCommands(program: Command): void {
  program
    .command('search')
    .description('the search index in OpenSearch')
    .command('rebuild')
    .description(
      'build it anew from the views beside the one that serves, then switch; projectors must be running',
    )
    .option('--json', 'print as JSON')
    .action((options: OutputOptions) => withEngine((session) => rebuild(session, options)));
}

async function rebuild({ engine, search }: Session, { json }: OutputOptions): Promise<void> {
  if (search === null)
    throw new StartRefused(
      'Searches are answered by Postgres, whose view is rebuilt by "fairseat projections rebuild search"; an index of its own takes PROFILE=distributed and OPENSEARCH_URL.',
    );
  const bar = progress('Rebuilding the search index');
  const rebuilt = await rebuildIndex(engine, search, (done, total) => bar.update(done, total))
    .catch(refused)
    .finally(() => bar.end());
  if (json) return printJson(rebuilt);
  printLine(`${rebuilt.generation} serves now, searchable as far as ${rebuilt.position}.`);
}

function refused(error: unknown): never {
  throw error instanceof Fault
    ? new StartRefused(`The index was not rebuilt, the former one serves on (${error.message}).`)
    : error;
}
