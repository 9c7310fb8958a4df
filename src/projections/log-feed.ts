// Feeds projections straight from the log: it is followed once for all of them, and a runner moves each.
import type { Projection } from './projection.ts';
import { Runner } from './runner.ts';
import type { ViewFeed, ViewFeedPorts, ViewLag } from './view-feed.ts';

const BATCH_MAX = 1_000;
const RETRY_MS = 1_000;

export class LogFeed implements ViewFeed {
  readonly #ports: ViewFeedPorts;
  #runners: Runner[] = [];

  constructor(ports: ViewFeedPorts) {
    this.#ports = ports;
  }

  async start(projections: readonly Projection[], signal: AbortSignal): Promise<{ ended: Promise<unknown> }> {
    const head = await this.#ports.log.lastPosition();
    this.#runners = projections.map((projection) => new Runner(projection, head, this.#ports));
    return { ended: Promise.all([this.#follow(head, signal), ...this.#runners.map((r) => r.run(signal))]) };
  }

  lag(): ViewLag[] {
    return this.#runners.map((runner) => ({ name: runner.projection.name, ...runner.lag() }));
  }

  refusal(): null {
    return null;
  }

  async #follow(head: number, signal: AbortSignal): Promise<void> {
    const { log, clock, onProblem } = this.#ports;
    let after = head;
    const handle = (events: Parameters<Runner['offer']>[0]): void => {
      after = events.at(-1)?.position ?? after;
      for (const runner of this.#runners) runner.offer(events);
    };
    while (!signal.aborted) {
      try {
        await log.subscribeAll(after, handle, { signal, batchSizeMax: BATCH_MAX });
      } catch (error) {
        if (!signal.aborted) onProblem?.('feed', error);
      }
      // Also after a log that was closed, which has nothing to wait for.
      await clock.sleep(RETRY_MS, signal);
    }
  }
}
