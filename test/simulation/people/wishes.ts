// What people want, and how often: buyers, organisers, and some who ask for what cannot be.

/** Kind -> weight. */
export const WISHES = {
  hold: 20,
  best: 14,
  area: 5,
  confirm: 17,
  /** At the very moment at which the hold ends. */
  confirmAtEnd: 3,
  release: 5,
  cancelBooking: 6,
  join: 13,
  leave: 4,
  lookAtHold: 3,
  lookAtEntry: 2,
  /** The same request once more, some time after its answer. */
  again: 4,
  /** The same key for something else. */
  reuse: 1.5,
  extend: 2,
  pause: 0.7,
  resume: 2,
  block: 1.2,
  unblock: 1.5,
  capacity: 1.2,
  rules: 1,
  staleEdit: 0.5,
  reprice: 0.4,
  move: 1.2,
  remove: 0.6,
  publish: 0.8,
  schedule: 0.4,
  cancelShow: 0.15,
  cancelEvent: 0.1,
  /** Asks for what does not exist. */
  odd: 2.5,
} as const;

export type WishKind = keyof typeof WISHES;
