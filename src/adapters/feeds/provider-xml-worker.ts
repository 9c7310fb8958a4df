// Reads one large feed on a thread of its own, so that bookings go on meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { InvalidFeed } from '../../ports/feed-source.ts';
import type { AdaptedFeed, FeedOptions } from '../../ports/feed-source.ts';
import { adaptProviderXml } from './adapt-provider-xml.ts';

/** To the thread that asked; this one has no window, and so no origins. */
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
const answer = (read: { feed: AdaptedFeed } | { invalid: string }): void => parentPort?.postMessage(read);

const { bytes, options } = workerData as { bytes: Uint8Array; options: FeedOptions };
try {
  answer({ feed: adaptProviderXml(bytes, options) });
} catch (error) {
  if (!(error instanceof InvalidFeed)) throw error;
  answer({ invalid: error.message });
}
