// The broker of the simulated world: partitions whose records stay in order, and groups whose members share them for as
// long as they are heard of. What is here is true.
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { partitionOf } from '../../../src/ports/partition-of.ts';
import { Actor, type Scheduler } from '../kernel/scheduler.ts';

/** Who is not heard of for so long has lost its partitions. */
const SESSION_MS = 1_500;
const LOOK_EVERY_MS = 250;

export interface Member {
  readonly actor: Actor;
  partitions: readonly number[];
  heardOfAtMs: number;
}

export class FeedServer {
  readonly actor = new Actor('broker');
  readonly partitions: number;
  readonly records: RecordedEvent[][];
  /** Which logs were published from. */
  readonly logs = new Set<string>();
  /** The first offsets that are still there. */
  readonly earliest: number[];
  /** Counts how often the partitions were divided anew. */
  division = 0;
  readonly #scheduler: Scheduler;
  readonly #written: (partition: number, record: RecordedEvent) => void;
  readonly #count: (what: string) => void;
  #members: Member[] = [];
  #awayUntilMs = 0;
  #looking = false;
  #forgetsAtBegin = false;

  constructor(
    scheduler: Scheduler,
    partitions: number,
    written: (partition: number, record: RecordedEvent) => void,
    count: (what: string) => void,
  ) {
    this.#scheduler = scheduler;
    this.partitions = partitions;
    this.#written = written;
    this.#count = count;
    this.records = Array.from({ length: partitions }, () => []);
    this.earliest = this.records.map(() => 0);
  }

  get isAway(): boolean {
    return this.#scheduler.nowMs < this.#awayUntilMs;
  }

  get ends(): number[] {
    return this.records.map((records) => records.length);
  }

  goAway(ms: number): void {
    this.#awayUntilMs = this.#scheduler.nowMs + ms;
  }

  heal(): void {
    this.#awayUntilMs = 0;
  }

  write(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      const partition = partitionOf(event.stream, this.partitions);
      this.records[partition]!.push(event);
      this.#written(partition, event);
    }
  }

  /** What is there by now has lain for too long. */
  forget(): void {
    for (const [partition, records] of this.records.entries()) this.earliest[partition] = records.length;
  }

  /** The same, where it hurts: once somebody knows from where to go on, and has not gone on yet. */
  forgetAtNextBegin(): void {
    this.#forgetsAtBegin = true;
  }

  /** Somebody has made up its mind from where to go on. */
  hasBegun(): void {
    if (this.#forgetsAtBegin) this.forget();
    this.#forgetsAtBegin = false;
  }

  join(actor: Actor): Member {
    const member: Member = { actor, partitions: [], heardOfAtMs: this.#scheduler.nowMs };
    this.#members.push(member);
    this.#divide();
    this.#look();
    return member;
  }

  leave(member: Member): void {
    if (!this.isMember(member)) return;
    this.#members = this.#members.filter((other) => other !== member);
    this.#divide();
  }

  isMember(member: Member): boolean {
    return this.#members.includes(member);
  }

  hear(member: Member): void {
    member.heardOfAtMs = this.#scheduler.nowMs;
  }

  /** Divides the partitions anew, though nobody came or went. */
  rebalance(): void {
    this.#members.push(...this.#members.splice(0, 1));
    this.#divide();
  }

  #divide(): void {
    this.division += 1;
    const all = [...this.records.keys()];
    for (const [index, member] of this.#members.entries())
      member.partitions = all.filter((partition) => partition % this.#members.length === index);
    if (this.#members.length > 1) this.#count('rare partitions divided anew');
  }

  /** While it is away itself nobody is heard of, and nobody loses anything by it. */
  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#scheduler.after(LOOK_EVERY_MS, this.actor, 'looks for members', () => {
      this.#looking = false;
      const nowMs = this.#scheduler.nowMs;
      if (this.isAway) for (const member of this.#members) member.heardOfAtMs = nowMs;
      const lost = this.#members.filter(({ heardOfAtMs }) => heardOfAtMs < nowMs - SESSION_MS);
      this.#members = this.#members.filter((member) => !lost.includes(member));
      if (lost.length > 0) {
        this.#count('rare member lost');
        this.#divide();
      }
      if (this.#members.length > 0) this.#look();
    });
  }
}
