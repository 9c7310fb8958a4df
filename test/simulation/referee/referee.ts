// Judges everything that enters the log, at the moment it does: the order of the log itself, one effect a command, and each
// show by a model of its own.
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { Hall } from '../people/hall.ts';
import { ShowModel } from './show-model.ts';
import { claim } from './violation.ts';

/** Where the events of one command lie in one stream. */
interface Effect {
  readonly stream: string;
  readonly commandId: string;
  readonly first: number;
  last: number;
}

export class Referee {
  readonly shows = new Map<string, ShowModel>();
  /** Status of the events of the catalogue, and whose shows they are. */
  readonly events = new Map<string, { status: 'draft' | 'published' | 'cancelled'; showIds: string[] }>();
  readonly #revisions = new Map<string, number>();
  readonly #effects = new Map<string, Effect>();
  /** What somebody outside asked for, by the request's own name. */
  readonly #byRequest = new Map<string, Effect[]>();
  readonly #hallOf: (seatingPlanId: string) => Hall;
  readonly #count: (what: string) => void;
  /** The command in which an offer of a stream last lapsed. */
  readonly #lapsedIn = new Map<string, string>();
  #position = 0;

  constructor(hallOf: (seatingPlanId: string) => Hall, count: (what: string) => void) {
    this.#hallOf = hallOf;
    this.#count = count;
  }

  judge(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      this.#order(event);
      this.#effect(event);
      this.#tally(event);
      if (event.stream.startsWith('show-')) this.#show(event).judge(event);
      else if (event.stream.startsWith('event-')) this.#catalogue(event);
    }
  }

  /** What a request of this name has left in the log. */
  effectsOf(requestId: string): readonly Effect[] {
    return this.#byRequest.get(requestId) ?? [];
  }

  revisionOf(stream: string): number {
    return this.#revisions.get(stream) ?? -1;
  }

  #order({ stream, revision, position }: RecordedEvent): void {
    const expected = this.revisionOf(stream) + 1;
    claim(revision === expected, 4, () => `${stream}: revision ${revision} comes after ${expected - 1}`);
    claim(position === this.#position + 1, 4, () => `position ${position} comes after ${this.#position}`);
    this.#revisions.set(stream, revision);
    this.#position = position;
  }

  #effect({ stream, revision, metadata }: RecordedEvent): void {
    const { commandId, causationId, correlationId, actor } = metadata;
    const key = `${stream} ${commandId}`;
    const known = this.#effects.get(key);
    if (known) {
      claim(known.last === revision - 1, 2, () => `${stream}: the command ${commandId} has two effects`);
      known.last = revision;
      return;
    }
    const effect: Effect = { stream, commandId, first: revision, last: revision };
    this.#effects.set(key, effect);
    if (!actor.startsWith('client:') || causationId !== commandId) return;
    const others = this.#byRequest.get(correlationId);
    if (others) others.push(effect);
    else this.#byRequest.set(correlationId, [effect]);
  }

  #tally({ stream, type, data, metadata }: RecordedEvent): void {
    if (type === 'OfferExpired') this.#lapsedIn.set(stream, metadata.commandId);
    if (type !== 'SeatsOffered') return;
    if (this.#lapsedIn.get(stream) === metadata.commandId) this.#count('rare offer lapsed and passed on');
    if ((data as { passed: unknown[] }).passed.length > 0) this.#count('rare entry passed on the record');
  }

  #show({ stream, type, data }: RecordedEvent): ShowModel {
    const id = stream.slice('show-'.length);
    let show = this.shows.get(id);
    if (!show) {
      claim(type === 'ShowScheduled', 4, () => `${stream} begins with ${type}`);
      const { seatingPlanId } = data as { seatingPlanId: string };
      show = new ShowModel(`show ${this.shows.size + 1}`, this.#hallOf(seatingPlanId));
      this.shows.set(id, show);
    }
    return show;
  }

  #catalogue({ stream, type, data }: RecordedEvent): void {
    const id = stream.slice('event-'.length);
    const event = this.events.get(id) ?? { status: 'draft', showIds: [] };
    this.events.set(id, event);
    if (type === 'ShowAdded') event.showIds.push((data as { showId: string }).showId);
    else if (type === 'EventPublished') event.status = 'published';
    else if (type === 'EventUnpublished') event.status = 'draft';
    else if (type === 'EventCancelled') event.status = 'cancelled';
  }
}
