// `fairseat import FILE|URL…`: outside feeds by hand, in the order given.
import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { feedSource, importFeed } from '../commands/import/feed.ts';
import { isCurrency } from '../domain/currency.ts';
import { isTimeZone } from '../domain/time-zone.ts';
import { FeedUnavailable, SOURCE_NAME } from '../ports/feed-source.ts';
import type { ImportResult } from '../ports/import-store.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { didYouMean } from './known-names.ts';
import { printJson, printLine, printTable, type OutputOptions } from './output.ts';
import { withEngine, type Session } from '../profiles/command-line.ts';

interface ImportOptions extends OutputOptions {
  readonly source: string;
  readonly adapter: string;
  readonly timeZone?: string;
  readonly currency?: string;
  readonly allowPrivate?: boolean;
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description(
      'import outside feeds: files or http(s) URLs, one after another; importing again changes nothing',
    )
    .argument('<file-or-url...>', 'feeds, in the order in which they are to be imported')
    .option('--source <name>', 'name of the provider; part of the ids of all that is imported', 'provider')
    .option('--adapter <name>', 'format of the feed', 'provider-xml')
    .option('--time-zone <zone>', 'IANA zone of local times in the feed (default: Europe/Madrid)')
    .option('--currency <code>', 'currency of its prices (default: EUR)')
    .addOption(new Option('--allow-private', 'also fetch from loopback and private addresses'))
    .option('--json', 'print the results as JSON')
    .action((feeds: string[], options: ImportOptions) =>
      withEngine((session) => importAll(session, feeds, options)),
    );
}

async function importAll(
  { engine, createFetchFeed }: Session,
  feeds: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const adapter = engine.feedAdapters.find((a) => a.name === options.adapter);
  if (!adapter)
    throw new StartRefused(
      `There is no adapter ${options.adapter}; ${didYouMean(
        options.adapter,
        engine.feedAdapters.map(({ name }) => name),
      )}`,
    );
  if (!SOURCE_NAME.test(options.source))
    throw new StartRefused(
      `--source is "${options.source}"; give lower-case letters, digits and dashes, for example "provider".`,
    );
  if (options.timeZone !== undefined && !isTimeZone(options.timeZone))
    throw new StartRefused(
      `--time-zone is "${options.timeZone}"; give an IANA time zone such as "Europe/Madrid".`,
    );
  if (options.currency !== undefined && !isCurrency(options.currency))
    throw new StartRefused(`--currency is "${options.currency}"; give an ISO 4217 code such as "EUR".`);
  const fetchFeed = createFetchFeed({ allowPrivateAddresses: options.allowPrivate === true });
  const source = feedSource(options.source, {
    ...(options.timeZone !== undefined && { timeZone: options.timeZone }),
    ...(options.currency !== undefined && { currency: options.currency }),
  });
  const results: ImportResult[] = [];
  try {
    for (const feed of feeds) {
      const bytes = await fetchFeed(addressOf(feed)).catch(refused);
      const id = engine.ids.uuid();
      const context = { commandId: id, correlationId: id, requestHash: '' };
      const outcome = await importFeed({ source, adapter, bytes, context }, engine);
      if (!outcome.ok) throw new StartRefused(`${feed}: ${outcome.rejection.detail}`);
      results.push(outcome.value);
      if (!options.json) printResult(feed, outcome.value);
    }
  } finally {
    // Those imported before one that is refused stay imported.
    if (options.json) printJson(results);
  }
}

function refused(error: unknown): never {
  throw error instanceof FeedUnavailable ? new StartRefused(error.message) : error;
}

const addressOf = (feed: string): string =>
  /^[a-z]+:\/\//i.test(feed) ? feed : pathToFileURL(resolve(feed)).href;

function printResult(feed: string, { created, updated, unchanged, rejected }: ImportResult): void {
  printLine(feed);
  const counts = (['events', 'shows'] as const).map((kind) => [
    kind,
    created[kind],
    updated[kind],
    unchanged[kind],
  ]);
  printTable(['', 'created', 'updated', 'unchanged'], counts);
  for (const { path, code, message } of rejected) printLine(`  rejected ${path}: ${code}. ${message}`);
}
