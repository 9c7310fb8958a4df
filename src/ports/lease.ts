// A lease: of many processes one does the work, for as long as it says so in time. Its token only grows, so that whatever
// is written under an older one can be refused.

export interface LeaseStore {
  /** Takes a lease that nobody holds, for `ttlMs`; gives its token, greater than all before. null: somebody holds it. */
  acquire(name: string, holder: string, ttlMs: number): Promise<number | null>;
  /** Holds it for `ttlMs` from now; false: it is lost, for somebody else has taken it or its time is over. */
  renew(name: string, token: number, ttlMs: number): Promise<boolean>;
  /** Gives it back, so that the next need not wait. */
  release(name: string, token: number): Promise<void>;
}
