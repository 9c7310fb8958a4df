// Moments at which an engine is killed, by name: statements it sends to Postgres, and answers it gives.

export interface Failpoint {
  /** The statement, by its text and (as JSON) its parameters; not given: the answer to a command. */
  readonly statement?: RegExp;
  /** Before it is sent; when it is on its way; when its answer is there and nobody knows yet. */
  readonly when: 'before' | 'sent' | 'answered';
  /** Killed at the n-th time, between these. */
  readonly between: readonly [number, number];
}

export const FAILPOINTS: Readonly<Record<string, Failpoint>> = {
  'append, before it is sent': { statement: /append_events/, when: 'before', between: [5, 60] },
  'append, on its way': { statement: /append_events/, when: 'sent', between: [5, 60] },
  'append, committed and not yet answered': {
    statement: /append_events/,
    when: 'answered',
    between: [5, 60],
  },
  'append of a lapse, committed': {
    statement: /append_events.*HoldExpired/s,
    when: 'answered',
    between: [1, 3],
  },
  'append of an offer, on its way': {
    statement: /append_events.*SeatsOffered/s,
    when: 'sent',
    between: [3, 10],
  },
  'append of an offer, committed': {
    statement: /append_events.*SeatsOffered/s,
    when: 'answered',
    between: [3, 10],
  },
  'check of a revision, answered': {
    statement: /unnest\(\$1::text\[\]\) with ordinality/,
    when: 'answered',
    between: [5, 60],
  },
  'view, before its checkpoint moves': {
    statement: /update projections set position/,
    when: 'before',
    between: [5, 20],
  },
  'view, between checkpoint and rows': {
    statement: /update projections set position/,
    when: 'answered',
    between: [5, 20],
  },
  'view, rows written and not committed': { statement: /^commit$/, when: 'before', between: [10, 30] },
  'view, committed': { statement: /^commit$/, when: 'answered', between: [10, 30] },
  'checkpoint of a worker, before it is saved': {
    statement: /worker_checkpoints/,
    when: 'before',
    between: [1, 2],
  },
  'verdict there, answer not yet sent': { when: 'before', between: [20, 150] },
  'answer sent': { when: 'sent', between: [20, 150] },
  'while starting': { statement: /./, when: 'answered', between: [2, 40] },
};

/** How a process says on its error stream which one killed it. */
export const sentence = (name: string): string => `killed at failpoint: ${name}`;
