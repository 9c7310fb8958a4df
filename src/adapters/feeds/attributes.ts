// Attributes of one feed element, each checked as it is read: what is missing or senseless is refused with its path,
// a stable code and the value, and so ends the reading of the show (or event) it belongs to, never of the feed.
import type { Money } from '../../domain/decider.ts';
import type { FeedOptions, FeedRejected } from '../../ports/feed-source.ts';
import { toMinorUnits } from './decimal-price.ts';
import { localToUtc } from './local-time.ts';
import { decodeEntities } from './xml-document.ts';
import type { XmlElement } from './xml-document.ts';

const ID = /^[A-Za-z0-9_.-]{1,64}$/;
const TEXT_LENGTH_MAX = 200;

/** Thrown within an adapter only; `rejected` is what the feed's answer says. */
export class Refused extends Error {
  readonly rejected: FeedRejected;

  constructor(rejected: FeedRejected) {
    super(rejected.message);
    this.rejected = rejected;
  }
}

export class Attributes {
  readonly path: string;
  readonly #element: XmlElement;
  readonly #options: FeedOptions;

  constructor(element: unknown, path: string, options: FeedOptions) {
    this.path = path;
    // fast-xml-parser gives an element without attributes and children as a string.
    this.#element = typeof element === 'object' && element !== null ? (element as XmlElement) : {};
    this.#options = options;
  }

  refuse(attribute: string, code: string, message: string): Refused {
    return new Refused({ path: `${this.path}/@${attribute}`, code, message });
  }

  refuseElement(code: string, message: string): Refused {
    return new Refused({ path: this.path, code, message });
  }

  has(attribute: string): boolean {
    return this.optional(attribute) !== null;
  }

  optional(attribute: string): string | null {
    const raw = this.#element[`@${attribute}`];
    const text = typeof raw === 'string' ? decodeEntities(raw) : '';
    return text === '' ? null : text;
  }

  required(attribute: string): string {
    const value = this.optional(attribute);
    if (value !== null) return value;
    throw this.#missing(attribute);
  }

  #missing(attribute: string): Refused {
    return this.refuse(attribute, 'MissingAttribute', `${attribute} is missing or empty.`);
  }

  id(attribute: string): string {
    const value = this.required(attribute);
    if (ID.test(value)) return value;
    throw this.refuse(
      attribute,
      'InvalidId',
      `${quoted(value)} is no id: 1 to 64 letters, digits, ".", "_" or "-".`,
    );
  }

  text(attribute: string): string {
    const value = this.optionalText(attribute);
    if (value !== null) return value;
    throw this.#missing(attribute);
  }

  /** Without control characters, which no log and no page can keep; null: nothing is left. */
  optionalText(attribute: string): string | null {
    const value = (this.optional(attribute) ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
    if (value.length <= TEXT_LENGTH_MAX) return value === '' ? null : value;
    throw this.refuse(
      attribute,
      'TextTooLong',
      `${attribute} has ${value.length} characters; at most ${TEXT_LENGTH_MAX} are taken.`,
    );
  }

  /** RFC 3339 UTC. */
  time(attribute: string): string | null {
    const value = this.optional(attribute);
    if (value === null) return null;
    const time = localToUtc(value, this.#options.timeZone);
    if (time !== null) return time;
    throw this.refuse(
      attribute,
      'InvalidDate',
      `${quoted(value)} is no date and time such as 2021-06-30T21:00:00.`,
    );
  }

  boolean(attribute: string): boolean {
    const value = this.required(attribute);
    if (/^(true|1)$/i.test(value)) return true;
    if (/^(false|0)$/i.test(value)) return false;
    throw this.refuse(attribute, 'InvalidBoolean', `${quoted(value)} is neither "true" nor "false".`);
  }

  oneOf<const V extends string>(attribute: string, values: readonly V[]): V {
    const value = this.required(attribute);
    const found = values.find((v) => v === value.toLowerCase());
    if (found !== undefined) return found;
    throw this.refuse(
      attribute,
      'InvalidValue',
      `${quoted(value)} is none of ${values.map(quoted).join(', ')}.`,
    );
  }

  wholeNumber(attribute: string, max: number): number {
    const value = this.required(attribute);
    if (/^\d{1,9}$/.test(value) && Number(value) <= max) return Number(value);
    throw this.refuse(attribute, 'InvalidCapacity', `${quoted(value)} is no whole number from 0 to ${max}.`);
  }

  price(attribute: string): Money {
    const value = this.required(attribute);
    const amount = toMinorUnits(value, this.#options.currency);
    if (amount !== null) return { amount, currency: this.#options.currency };
    throw this.refuse(
      attribute,
      'InvalidPrice',
      `${quoted(value)} is no price in ${this.#options.currency} such as 20.00.`,
    );
  }

  /** Child elements, none when there are none. */
  children(name: string): readonly unknown[] {
    const children = this.#element[name];
    return Array.isArray(children) ? children : [];
  }
}

/** As the sentence shows it: shortened, since it may be as long as the feed. */
function quoted(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
