// What the demo's events are called and how they are described, by kind and language.

export type Kind = 'concert' | 'classical' | 'theatre' | 'comedy' | 'dance' | 'family' | 'talk' | 'sport';

/** `{act}`, `{city}`, `{venue}` are filled in. */
export interface Words {
  readonly titles: Readonly<Record<Kind, readonly string[]>>;
  readonly descriptions: Readonly<Record<Kind, string>>;
}
