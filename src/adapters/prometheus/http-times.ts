// Durations of requests as a Prometheus histogram that costs next to nothing to feed: counts in arrays, which become
// labelled values only when /metrics is read.
import { performance } from 'node:perf_hooks';

const BOUNDS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const NAME = 'fairseat_http_request_seconds';

interface Series {
  readonly counts: Float64Array;
  sum: number;
}

export class RouteTimes {
  readonly method: string;
  readonly route: string;
  readonly byStatus = new Map<number, Series>();

  constructor(method: string, route: string) {
    this.method = method;
    this.route = route;
  }

  begin(): number {
    return performance.now();
  }

  end(status: number, begunMs: number): void {
    const seconds = (performance.now() - begunMs) / 1000;
    let series = this.byStatus.get(status);
    if (series === undefined)
      this.byStatus.set(status, (series = { counts: new Float64Array(BOUNDS_S.length + 1), sum: 0 }));
    let bound = 0;
    while (bound < BOUNDS_S.length && seconds > (BOUNDS_S[bound] as number)) bound += 1;
    (series.counts[bound] as number) += 1;
    series.sum += seconds;
  }
}

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** What prom-client's registry takes for a metric. */
export class HttpTimes {
  readonly name = NAME;
  readonly help = 'Requests by method, route and status, until the answer is ready.';
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #routes: RouteTimes[] = [];

  timer(method: string, route: string): RouteTimes {
    const times = new RouteTimes(method, route);
    this.#routes.push(times);
    return times;
  }

  async get(): Promise<{ name: string; help: string; type: string; aggregator: string; values: Value[] }> {
    const values = this.#routes.flatMap((times) =>
      [...times.byStatus].flatMap(([status, series]) => valuesOf(times, status, series)),
    );
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  reset(): void {
    for (const times of this.#routes) times.byStatus.clear();
  }
}

function valuesOf({ method, route }: RouteTimes, status: number, series: Series): Value[] {
  const labels = { method, route, status };
  let total = 0;
  const buckets = [...BOUNDS_S, '+Inf'].map((le, i) => {
    total += series.counts[i] as number;
    return { metricName: `${NAME}_bucket`, labels: { le, ...labels }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: series.sum },
    { metricName: `${NAME}_count`, labels, value: total },
  ];
}
