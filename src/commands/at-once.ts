// Work on many things, some of them at one time.

/** Works on at most `max` items at one time; results in the order of the items. After an error no more are begun. */
export async function atOnce<T, R>(
  items: readonly T[],
  max: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      try {
        results[i] = await work(items[i] as T);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  valuesOf(await Promise.allSettled(Array.from({ length: Math.min(max, items.length) }, worker)));
  return results;
}

/** What all of them came to; throws what the first that failed threw. */
export function valuesOf<T>(ended: readonly PromiseSettledResult<T>[]): T[] {
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
