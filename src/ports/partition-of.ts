// Which partition of the feed a stream is in: as Kafka's own clients choose it for a key (murmur2), so that whoever else
// publishes or looks for a stream there finds the same.

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** From 0 to `partitions` − 1. */
export function partitionOf(stream: string, partitions: number): number {
  return (murmur2(Buffer.from(stream)) & 0x7fffffff) % partitions;
}

function murmur2(bytes: Buffer): number {
  let hash = SEED ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), M);
    word = Math.imul(word ^ (word >>> R), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (at < bytes.length) {
    for (let last = bytes.length - 1; last >= at; last -= 1) hash ^= bytes[last]! << (8 * (last - at));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
