// One show of a feed against the show as it stands: what differs becomes commands, and what a command refuses is named
// and left as it was, while the rest is still done.
import type { Rejection } from '../../domain/rejection.ts';
import type { SeatingPlan } from '../../domain/seating-plan/plan.ts';
import type { ShowCommand, SoldOut } from '../../domain/show/commands.ts';
import type { FeedRejected, FeedShow } from '../../ports/feed-source.ts';
import { mergedZones, needsOtherPlan } from './layout.ts';
import type { PricedZone } from './layout.ts';
import { giveBackWhatWasSoldOut } from './sold-out.ts';
import type { ImportSender } from './sender.ts';
import { editOfTimes, editOfZones, pricesOf, standingOf } from './standing.ts';
import type { Standing } from './standing.ts';

export type Change = 'created' | 'updated' | 'unchanged' | 'rejected';

/** Where a show belongs. */
export interface ShowPlace {
  readonly showId: string;
  readonly eventId: string;
  readonly venueId: string;
  readonly title: string;
}

const SCHEDULE = 'schedule';
/** A reason. */
const SOLD_OUT = 'sold out at the source';

export class ShowImport {
  readonly #sender: ImportSender;
  readonly #place: ShowPlace;
  readonly #feed: FeedShow;
  readonly #rejected: FeedRejected[];
  /** Zones that may not have the capacity that the feed gives them. */
  readonly #kept = new Set<string>();
  /** In each command that may add places, lest they be held or offered before the command that blocks what else is free. */
  readonly #soldOut: SoldOut;

  /** What is refused goes to `rejected`. */
  constructor(sender: ImportSender, place: ShowPlace, feed: FeedShow, rejected: FeedRejected[]) {
    this.#sender = sender;
    this.#place = place;
    this.#feed = feed;
    this.#rejected = rejected;
    this.#soldOut = feed.soldOut ? { soldOutReason: SOLD_OUT } : {};
  }

  /** Brings the show to what the feed says. */
  async run(): Promise<Change> {
    const standing = await this.#standing();
    if (standing === null) return (await this.#schedule()) ? 'created' : 'rejected';
    const seatingChanged = await this.#changeSeating(standing);
    const seated = seatingChanged ? ((await this.#standing()) ?? standing) : standing;
    const zonesChanged = await this.#editZones(seated);
    // Times come last but for what is given back: they may open sales, which serves the line.
    const soldOut = this.#feed.soldOut && (await this.#blockWhatIsFree());
    const timesChanged = await this.#editTimes(seated);
    const givenBack =
      !this.#feed.soldOut &&
      standing.anythingBlocked &&
      (await giveBackWhatWasSoldOut(this.#sender, this.#place.showId));
    if (standing.createdHere) return 'created';
    const changed = seatingChanged || zonesChanged || soldOut || timesChanged || givenBack;
    return changed ? 'updated' : 'unchanged';
  }

  #standing(): Promise<Standing | null> {
    const { showId } = this.#place;
    const scheduledBy = this.#sender.commandId(showId, SCHEDULE);
    return this.#sender.read(this.#sender.engine.shows, showId, (state) => standingOf(state, scheduledBy));
  }

  async #schedule(): Promise<boolean> {
    const { showId, eventId, venueId } = this.#place;
    const zones = mergedZones([], this.#feed.zones, this.#kept);
    const plan = await this.#plan(zones);
    if (plan === null) return false;
    const { startsAt, endsAt, salesOpenAt, salesCloseAt } = this.#feed;
    const request = {
      venueId,
      seatingPlanId: plan.id,
      startsAt,
      endsAt,
      salesOpenAt,
      salesCloseAt,
      prices: pricesOf(zones),
      ...this.#soldOut,
    };
    const outcome = await this.#sender.call(showId, SCHEDULE, (context) =>
      this.#sender.engine.catalogue.scheduleShow(eventId, request, context, showId),
    );
    if (!outcome.ok) {
      this.#reject(this.#feed.path, outcome.rejection);
      return false;
    }
    return true;
  }

  /** Another plan where the numbered seats or the categories differ; a zone whose places are taken keeps what it has. */
  async #changeSeating(standing: Standing): Promise<boolean> {
    for (;;) {
      const wanted = mergedZones(standing.zones, this.#feed.zones, this.#kept);
      if (!needsOtherPlan(standing.zones, wanted)) return false;
      const plan = await this.#plan(wanted);
      if (plan === null) return false;
      const command: ShowCommand = {
        kind: 'ChangeSeating',
        plan,
        prices: pricesOf(wanted),
        reason: this.#sender.reason,
        ...this.#soldOut,
      };
      const { changed, refused } = await this.#send(command, ['seating', plan.id, command.prices]);
      if (refused === null) return changed;
      if (!this.#keepZone(refused)) return false;
    }
  }

  /** Times apart from prices and the capacities of areas: what is refused of the one leaves the other. */
  async #editTimes(standing: Standing): Promise<boolean> {
    const command = editOfTimes(this.#feed, standing, this.#sender.reason);
    if (command === null) return false;
    return this.#sendOrReject(command, this.#feed.path);
  }

  async #editZones(standing: Standing): Promise<boolean> {
    for (;;) {
      const command = editOfZones(this.#feed, standing, this.#kept, this.#sender.reason);
      if (command === null) return false;
      const { changed, refused } = await this.#send({ ...command, ...this.#soldOut });
      if (refused === null) return changed;
      if (!this.#keepZone(refused)) return false;
    }
  }

  #blockWhatIsFree(): Promise<boolean> {
    return this.#sendOrReject({ kind: 'BlockAllFree', reason: SOLD_OUT }, `${this.#feed.path}/@sold_out`);
  }

  /** Whether it changed the show; what is refused is named at `path`. */
  async #sendOrReject(command: ShowCommand, path: string): Promise<boolean> {
    const { changed, refused } = await this.#send(command);
    if (refused !== null) this.#reject(path, refused);
    return changed;
  }

  /** `changed`: by this import, now or when it was sent before. */
  async #send(
    command: ShowCommand,
    step?: unknown,
  ): Promise<{ readonly changed: boolean; readonly refused: Rejection | null }> {
    const outcome = await this.#sender.send(this.#sender.engine.shows, this.#place.showId, command, step);
    if (!outcome.ok) return { changed: false, refused: outcome.rejection };
    return { changed: outcome.changed || outcome.replayed, refused: null };
  }

  /** Names a refusal; false unless it is of a zone that cannot shrink and that was not left alone before. */
  #keepZone(rejection: Rejection): boolean {
    const taken = rejection.code === 'CapacityBelowTaken' ? rejection.members['areaId'] : null;
    // Areas have the ids of their categories here, and numbered zones are named by theirs.
    if (typeof taken !== 'string' || this.#kept.has(taken)) {
      this.#reject(this.#feed.path, rejection);
      return false;
    }
    this.#kept.add(taken);
    const { zones, path } = this.#feed;
    const zone = zones.find((z) => z.categoryId === taken);
    const successor = zones.find((z) => z.otherwiseId === taken);
    if (zone) this.#reject(`${zone.path}/@capacity`, rejection);
    else if (successor) {
      // It waits until nobody has a place in its old form: its places would exist twice.
      this.#kept.add(successor.categoryId);
      this.#reject(`${successor.path}/@numbered`, rejection);
    } else this.#reject(path, rejection);
    return true;
  }

  #reject(path: string, { code, detail }: Rejection): void {
    this.#rejected.push({ path, code, message: detail });
  }

  /** Null, and named, when no plan can be drawn of these zones: too many seats, for one. */
  async #plan(zones: readonly PricedZone[]): Promise<SeatingPlan | null> {
    const { showId, venueId, title } = this.#place;
    const plan = await this.#sender.plan(showId, venueId, title, zones);
    if (!('code' in plan)) return plan;
    this.#reject(this.#feed.path, plan);
    return null;
  }
}
