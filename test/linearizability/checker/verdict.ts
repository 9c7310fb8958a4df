// The verdict on a history: every part searched, every answer one that the contract allows.
import type { Attempt, History, Wish } from '../history.ts';
import { drawDeadEnd } from './drawing.ts';
import { holdModel } from './hold-model.ts';
import { describeLine, lineModel } from './line-model.ts';
import { partsOf, type Part } from './partitions.ts';
import { search, type Finding, type Model, type Operation } from './search.ts';
import { describeSeat, seatModel } from './seat-model.ts';

export interface Verdict {
  readonly linearizable: boolean;
  readonly parts: number;
  readonly operations: number;
  readonly configurations: number;
  readonly ms: number;
  /** What is wrong, each with a drawing. */
  readonly faults: readonly { readonly part: string; readonly drawing: string }[];
}

const FAULTS_SHOWN_MAX = 5;

/** Judges a history. A part without a verdict counts as a fault: a check that gives up must not look like one that passed. */
export function judge(history: History): Verdict {
  const beganAt = performance.now();
  const parts = partsOf(history);
  const faults = unexpectedRefusals(history);
  let configurations = 0;
  let operations = 0;
  for (const part of parts) {
    const searched = searchPart(part);
    configurations += searched.configurations;
    operations += part.operations.length;
    if (searched.drawing !== null) faults.push({ part: part.name, drawing: searched.drawing });
  }
  return {
    linearizable: faults.length === 0,
    parts: parts.length,
    operations,
    configurations,
    ms: Math.round(performance.now() - beganAt),
    faults,
  };
}

/** What is wrong with a history, for people. */
export const faultsText = ({ faults }: Verdict): string =>
  [
    ...faults.slice(0, FAULTS_SHOWN_MAX).map(({ part, drawing }) => `${part}:\n${drawing}`),
    ...(faults.length > FAULTS_SHOWN_MAX ? [`… and ${faults.length - FAULTS_SHOWN_MAX} more`] : []),
  ].join('\n\n');

interface Searched {
  readonly configurations: number;
  readonly drawing: string | null;
}

function searchPart(part: Part): Searched {
  switch (part.kind) {
    case 'seat':
      return searched(part.operations, seatModel, describeSeat);
    case 'hold':
      return searched(part.operations, holdModel, (state) => state);
    default:
      return searched(part.operations, lineModel(part.places), describeLine);
  }
}

function searched<S, O extends Operation & { readonly label: string }>(
  operations: readonly O[],
  model: Model<S, O>,
  describe: (state: S) => string,
): Searched {
  const finding: Finding<S, O> = search(operations, model);
  const { configurations } = finding;
  if (finding.kind === 'linearizable') return { configurations, drawing: null };
  const drawing = drawDeadEnd(operations, finding.deadEnd, describe);
  if (finding.kind === 'impossible') return { configurations, drawing };
  return {
    configurations,
    drawing: `no verdict after ${configurations} configurations; so far:\n${drawing}`,
  };
}

const HOLD_REFUSALS = ['SeatsUnavailable', 'ReservedForWaitlist'];
const EXPECTED: Record<Wish['does'], readonly string[]> = {
  hold: HOLD_REFUSALS,
  'hold-best': HOLD_REFUSALS,
  'hold-places': HOLD_REFUSALS,
  release: ['HoldExpired', 'HoldConfirmed'],
  confirm: ['HoldExpired', 'HoldReleased', 'BookingCancelled'],
  cancel: [],
  'read-hold': [],
  'read-booking': [],
  join: ['SeatsAvailable'],
  leave: [],
  'read-entry': [],
  'read-map': [],
};

/** "Not found" of what was acknowledged, say: no order of operations explains it. */
function unexpectedRefusals({ attempts }: History): { part: string; drawing: string }[] {
  const unexpected = ({ asked, answer }: Attempt): boolean =>
    answer.kind === 'refused' && !EXPECTED[asked.does].includes(answer.code);
  return attempts.filter(unexpected).map((attempt) => ({
    part: `show ${attempt.showId.slice(0, 8)}`,
    drawing: `an answer that cannot be: ${JSON.stringify(attempt)}`,
  }));
}
