// The adapter `provider-xml`: small feeds are read at once, large ones on a thread of their own, within a time. What reads
// them is loaded for the first: most processes never see a feed.
import { Worker } from 'node:worker_threads';
import { InvalidFeed } from '../../ports/feed-source.ts';
import type { AdaptedFeed, FeedAdapter, FeedOptions } from '../../ports/feed-source.ts';

/** About 25 ms of reading, for which bookings may wait. */
const AT_ONCE_BYTES_MAX = 256 * 1024;
const READING_MAX_MS = 60_000;
const MEMORY_MAX_MB = 2_048;

export const providerXml: FeedAdapter = {
  name: 'provider-xml',
  adapt: async (bytes, options) =>
    bytes.byteLength <= AT_ONCE_BYTES_MAX ? atOnce(bytes, options) : onThread(bytes, options),
};

async function atOnce(bytes: Uint8Array, options: FeedOptions): Promise<AdaptedFeed> {
  const { adaptProviderXml } = await import('./adapt-provider-xml.ts');
  return adaptProviderXml(bytes, options);
}

function onThread(bytes: Uint8Array, { timeZone, currency }: FeedOptions): Promise<AdaptedFeed> {
  const worker = new Worker(new URL('./provider-xml-worker.ts', import.meta.url), {
    workerData: { bytes, options: { timeZone, currency } },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<AdaptedFeed>();
  const late = setTimeout(
    () =>
      reject(
        new InvalidFeed(`The feed could not be read within ${READING_MAX_MS / 1000} s; send it in parts.`),
      ),
    READING_MAX_MS,
  );
  worker.on('message', (read: { feed: AdaptedFeed } | { invalid: string }) =>
    'feed' in read ? resolve(read.feed) : reject(new InvalidFeed(read.invalid)),
  );
  worker.on('error', (error: NodeJS.ErrnoException) =>
    reject(
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? new InvalidFeed('The feed takes too much memory to read; send it in parts.')
        : error,
    ),
  );
  worker.on('exit', () => reject(new Error('the thread that read the feed ended without an answer')));
  return promise.finally(() => {
    clearTimeout(late);
    void worker.terminate();
  });
}
