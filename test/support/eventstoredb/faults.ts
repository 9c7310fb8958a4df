// What may go wrong at the stand-in for EventStoreDB, on demand: each fault happens once, to the next call it is for.

export interface StandInFault {
  readonly on: 'append' | 'read' | 'subscribe';
  /**
   * `cut`: every connection to the node breaks; `silent`: no answer, ever; `unavailable`: the node says it cannot now;
   * `not-leader`: it names another node; `timeout`: it says that it waited too long itself; `late`: the answer takes `ms`;
   * `twice`: a subscription gives its events twice; `end`: a subscription ends without an error.
   */
  readonly does: 'cut' | 'silent' | 'unavailable' | 'not-leader' | 'timeout' | 'late' | 'twice' | 'end';
  /** Whether an append was written, or how many events a subscription gave, when it happens. */
  readonly after?: 'writing' | number;
  readonly ms?: number;
  /** Only calls for streams whose name begins so. */
  readonly stream?: string;
  /** It goes wrong when this is over, so that something else may happen before; within one process only. */
  readonly until?: Promise<unknown>;
}

export class StandInFaults {
  #planned: StandInFault[] = [];
  /** Those that have happened, in order. */
  readonly happened: StandInFault[] = [];

  plan(...faults: StandInFault[]): void {
    this.#planned.push(...faults);
  }

  get pending(): number {
    return this.#planned.length;
  }

  take(on: StandInFault['on'], stream = ''): StandInFault | null {
    const index = this.#planned.findIndex(
      (fault) => fault.on === on && (fault.stream === undefined || stream.startsWith(fault.stream)),
    );
    if (index === -1) return null;
    const [fault] = this.#planned.splice(index, 1);
    this.happened.push(fault!);
    return fault!;
  }
}
