// A small season on read models of its own, and projectors that follow it as processes of the product would.
import { expect } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { MakeProjection } from '../../src/projections/views/all.ts';
import { digestOf } from '../../src/projections/digest.ts';
import type { ParkedStream } from '../../src/projections/parking.ts';
import {
  PROJECTION_NAMES,
  type Db,
  type Projection,
  type ProjectionName,
} from '../../src/projections/projection.ts';
import { Projector, type ProjectorOptions } from '../../src/projections/projector.ts';
import { liveGeneration } from '../../src/projections/registry.ts';
import { openReadModels, projectionsOf, type ReadModels } from './read-models.ts';
import { smallSeason, type Season } from './season.ts';

/** Views are there in moments; a busy machine may take much longer. */
const REACHED_MS_MAX = 60_000;

export class ProjectorWorld {
  readonly season: Season;
  readonly shows: readonly string[];
  readonly problems: unknown[] = [];
  readonly parked: ParkedStream[] = [];
  /** Of which a process said that a newer program has made them. */
  readonly takenOver: string[] = [];
  readonly #models: ReadModels;
  readonly #projectors: Projector[] = [];

  constructor(models: ReadModels, season: Season, shows: readonly string[]) {
    this.#models = models;
    this.season = season;
    this.shows = shows;
  }

  static async open(): Promise<ProjectorWorld> {
    const { season, shows } = await smallSeason(new MemoryEventLog(systemClock));
    return new ProjectorWorld(await openReadModels(), season, shows);
  }

  get db(): Db {
    return this.#models.db;
  }

  /** A projector of a process of its own; stopped at the end. */
  projector(options: Partial<ProjectorOptions> = {}): Projector {
    const made = new Projector({
      db: this.db,
      log: this.season.log,
      clock: systemClock,
      projections: projectionsOf(this.season),
      onProblem: (name, error) => this.problems.push([name, error]),
      onParked: (stream) => this.parked.push(stream),
      onTakenOver: (name) => this.takenOver.push(name),
      ...options,
    });
    this.#projectors.push(made);
    return made;
  }

  /** One of each, as a projector feeds them. */
  views(): Projection[] {
    return Object.values(projectionsOf(this.season)).map((make) => make());
  }

  /** All projections, one of them changed. */
  changed(
    name: ProjectionName,
    change: (projection: Projection) => Partial<Projection>,
  ): Readonly<Record<ProjectionName, MakeProjection>> {
    const all = projectionsOf(this.season);
    return {
      ...all,
      [name]: () => {
        const projection = all[name]();
        return { ...projection, ...change(projection) };
      },
    };
  }

  /** Waits until views have seen everything. */
  async reached(by: Projector, names: readonly ProjectionName[] = PROJECTION_NAMES): Promise<void> {
    const { position } = this.season;
    expect(await by.positions.waitFor(names, position, REACHED_MS_MAX)).toBeGreaterThanOrEqual(position);
  }

  async digests(): Promise<string[]> {
    const all: string[] = [];
    for (const name of PROJECTION_NAMES) {
      all.push(`${name} ${await digestOf(this.db, (await liveGeneration(this.db, name))!)}`);
    }
    return all;
  }

  async close(): Promise<void> {
    await Promise.all(this.#projectors.map((projector) => projector.stop()));
    await this.#models.close();
  }
}
