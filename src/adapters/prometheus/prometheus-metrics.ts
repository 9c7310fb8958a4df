// What Prometheus reads: counters that the engine feeds as it works, and gauges that are asked when somebody looks.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CommandMetrics } from '../../ports/metrics.ts';
import { HttpTimes } from './http-times.ts';
import type { RouteTimes } from './http-times.ts';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** One level to ask for when /metrics is read: a number, or one for each value of a label. */
export interface Level {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  readonly read: () => number | Readonly<Record<string, number>> | Promise<number>;
}

export class PrometheusMetrics implements CommandMetrics {
  readonly #registry = new Registry();
  readonly #commands = this.#counter('fairseat_commands_total', 'Commands by kind and outcome.', [
    'kind',
    'outcome',
  ]);
  readonly #conflicts = this.#counter(
    'fairseat_append_conflicts_total',
    'Appends that another process had beaten.',
  );
  readonly #unknown = this.#counter(
    'fairseat_append_unknown_total',
    'Appends that ended without an answer.',
    ['resolved'],
  );
  readonly #events = this.#counter('fairseat_events_appended_total', 'Events written by commands.');
  readonly #loaded = this.#counter(
    'fairseat_states_loaded_total',
    'States loaded from the log, by what became of their snapshot.',
    ['snapshot'],
  );
  readonly #loadedEvents = this.#counter('fairseat_state_events_loaded_total', 'Events read to load states.');
  readonly #snapshots = this.#counter('fairseat_snapshots_saved_total', 'Snapshots saved.', ['ok']);
  readonly #batch = this.#histogram('fairseat_batch_commands', 'Commands and reads in one batch.', SIZES);
  readonly #append = this.#histogram(
    'fairseat_append_seconds',
    'One append, or the check of a batch without events.',
    SECONDS,
  );
  readonly #queue = this.#histogram('fairseat_queue_depth', 'Commands left waiting behind a batch.', [
    0,
    ...SIZES,
    1024,
    4096,
  ]);
  readonly #http = new HttpTimes();
  readonly contentType = this.#registry.contentType;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    this.#registry.registerMetric(this.#http as never);
  }

  /** Adds a gauge. */
  watch({ name, help, label, read }: Level): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.#registry],
      async collect() {
        const level = await read();
        if (typeof level === 'number') return gauge.set(level);
        gauge.reset();
        for (const [value, number] of Object.entries(level)) gauge.set({ [label as string]: value }, number);
      },
    });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Times the requests of one route; counted in arrays, since a labelled histogram costs a microsecond each time. */
  routeTimer(method: string, route: string): RouteTimes {
    return this.#http.timer(method, route);
  }

  commandDone(kind: string, outcome: string): void {
    this.#commands.inc({ kind, outcome });
  }

  batchDone(items: number, events: number, appendMs: number, waiting: number): void {
    this.#batch.observe(items);
    this.#events.inc(events);
    this.#append.observe(appendMs / 1000);
    this.#queue.observe(waiting);
  }

  conflict(): void {
    this.#conflicts.inc();
  }

  unknownOutcome(resolved: boolean): void {
    this.#unknown.inc({ resolved: String(resolved) });
  }

  stateLoaded(events: number, snapshot: 'used' | 'ignored' | 'none'): void {
    this.#loaded.inc({ snapshot });
    this.#loadedEvents.inc(events);
  }

  snapshotSaved(ok: boolean): void {
    this.#snapshots.inc({ ok: String(ok) });
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[] = []): Histogram {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.#registry] });
  }
}
