// `fairseat demo`: the demo data by hand, for an engine that was started without it.
import type { Command } from 'commander';
import { demoKey } from '../demo/demo-key.ts';
import { demoLoaded, loadDemoData } from '../demo/demo-data.ts';
import { printJson, printLine, progress, type OutputOptions } from './output.ts';
import { withEngine } from '../profiles/command-line.ts';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('load the demo data: venues, events, shows, past sales; what is there already stays')
    .option('--json', 'print the result as JSON')
    .action((options: OutputOptions) =>
      withEngine(async ({ engine }) => {
        const already = await demoLoaded(engine);
        const bar = progress('Loading the demo');
        const onProgress = (done: number, total: number): void => bar.update(done, total);
        const parts = { engine, nowMs: engine.clock.now(), onProgress };
        const loaded = already ? null : await loadDemoData(parts).finally(() => bar.end());
        const apiKey = await demoKey(engine.apiKeys);
        if (options.json) return printJson({ already, loaded, apiKey });
        printLine(
          loaded
            ? `Loaded ${loaded.venues} venues, ${loaded.events} events, ${loaded.shows} shows.`
            : 'The demo is there already.',
        );
        if (apiKey !== null) printLine(`API key of the demo's organiser, shown this once: ${apiKey}`);
      }),
    );
}
