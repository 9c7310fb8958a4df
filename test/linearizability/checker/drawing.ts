// The offending part of a history, drawn: operations as bars over time, those that found their place marked with it.
import type { DeadEnd, Operation } from './search.ts';

const WIDTH = 48;
const ROWS_MAX = 24;

type Labelled = Operation & { readonly label: string };

/** Rows are operations in the order of their calls; `[--]` is from call to return, `>` never returned, `!` fits nowhere. */
export function drawDeadEnd<S, O extends Labelled>(
  operations: readonly O[],
  { state, done, stuck }: DeadEnd<S, O>,
  describe: (state: S) => string,
): string {
  const shown = near(operations, done, stuck);
  const from = Math.min(...shown.map((o) => o.calledAt));
  const to = Math.max(
    stuck.returnedAt,
    ...shown.map((o) => (o.returnedAt === Infinity ? from : o.returnedAt)),
  );
  const rows = shown.map((operation) => {
    const place = done.indexOf(operation);
    const mark = operation === stuck ? '  !' : place < 0 ? '   ' : String(place + 1).padStart(3);
    return `${mark} ${bar(operation, from, to)} ${operation.label}`;
  });
  return [
    `    ${from.toFixed(1)} ms … ${to.toFixed(1)} ms; in the order of the numbers this far, then nothing explains "!"`,
    ...rows,
    `    state there: ${describe(state)}`,
  ].join('\n');
}

/** What overlaps the operation that fits nowhere, and what was done last before it. */
function near<O extends Labelled>(operations: readonly O[], done: readonly O[], stuck: O): O[] {
  const overlapping = operations.filter(
    (o) => o.calledAt <= stuck.returnedAt && o.returnedAt >= stuck.calledAt && o.returnedAt !== Infinity,
  );
  const wanted = new Set<O>([stuck, ...done.slice(-ROWS_MAX / 2), ...overlapping.slice(-ROWS_MAX / 2)]);
  return [...wanted].toSorted((a, b) => a.calledAt - b.calledAt);
}

function bar({ calledAt, returnedAt }: Operation, from: number, to: number): string {
  const column = (at: number): number =>
    Math.round(((Math.min(at, to) - from) / Math.max(to - from, 0.001)) * (WIDTH - 1));
  const [start, end] = [column(calledAt), column(returnedAt)];
  const closes = returnedAt === Infinity ? '>' : ']';
  const inside = end > start ? `[${'-'.repeat(end - start - 1)}${closes}` : '|';
  return `${' '.repeat(start)}${inside}`.padEnd(WIDTH);
}
