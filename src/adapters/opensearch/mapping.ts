// How an index is made. Raised VERSION: documents of another shape, so a new generation is built beside the one that serves.
// Words come folded by the same function as those of questions (domain/words.ts); the analyzers here add what only an index
// can: beginnings, and the stems of seven languages.

export const VERSION = 6;

/** More shows of one event than this are not searched: the latest are. A bound of the index is 10,000. */
export const SHOWS_MAX = 5_000;

/** Shorter beginnings are no beginnings. */
export const PREFIX_LENGTH_MIN = 3;

/** Languages whose word endings are known; others are compared word by word. */
export const STEMMERS: Readonly<Record<string, string>> = {
  en: 'English',
  es: 'Spanish',
  de: 'German2',
  fr: 'French',
  it: 'Italian',
  pt: 'Portuguese',
  nl: 'Dutch',
};
const LANGUAGES = Object.keys(STEMMERS);

const keyword = { type: 'keyword', ignore_above: 8_000 };
/** Shown, not searched. */
const shown = { type: 'keyword', index: false, doc_values: false };
/** Nobody asks for words beside each other, so it is not kept where they stand. */
const words = { type: 'text', analyzer: 'words', index_options: 'freqs' };

/** An event has the stems of its own language; a question is tried in all of them, for nobody says in which it asks. */
const stems = {
  properties: Object.fromEntries(
    LANGUAGES.map((language) => [
      language,
      { ...words, analyzer: `stems_${language}`, search_analyzer: 'stems_any' },
    ]),
  ),
};

const properties = {
  id: { type: 'keyword' },
  status: { type: 'keyword' },
  title: shown,
  language: shown,
  type: keyword,
  tags: keyword,
  words: {
    properties: {
      title: words,
      labels: words,
      description: words,
      titleStems: stems,
      descriptionStems: stems,
      // Each word once, with edge n-grams of three to nineteen letters: longer beginnings are walked through.
      all: {
        ...words,
        index_options: 'docs',
        norms: false,
        index_prefixes: { min_chars: PREFIX_LENGTH_MIN, max_chars: 19 },
      },
    },
  },
  shows: {
    type: 'nested',
    properties: {
      id: { type: 'keyword' },
      startsAt: { type: 'date', format: 'strict_date_time' },
      timeZone: shown,
      month: { type: 'keyword' },
      venueId: { type: 'keyword' },
      cityId: { type: 'keyword' },
      city: keyword,
      country: keyword,
      point: { type: 'geo_point' },
      categories: keyword,
      // By currency and amount, and once more by category: see price-words.ts.
      prices: { ...keyword, doc_values: false },
      amounts: { type: 'long', index: false, doc_values: false },
      priceFrom: { type: 'long' },
      currency: { type: 'keyword' },
      free: { type: 'integer' },
    },
  },
  /** The shows in order of time, for the sort by distance: see first-show.ts. */
  line: { type: 'keyword', index: false },
  venues: { type: 'object', enabled: false },
  /** Only of the document that tells how far the index has come. */
  position: { type: 'long', index: false },
};

/** Everything is findable when the indexer has said so, and not before: it refreshes. */
export const INDEX = {
  settings: {
    index: {
      number_of_shards: 1,
      // While it is built; see SERVING.
      number_of_replicas: 0,
      refresh_interval: '-1',
      'mapping.nested_objects.limit': SHOWS_MAX,
    },
    analysis: {
      filter: {
        ...Object.fromEntries(
          LANGUAGES.map((l) => [`stem_${l}`, { type: 'snowball', language: STEMMERS[l] }]),
        ),
        stems: { type: 'multiplexer', preserve_original: false, filters: LANGUAGES.map((l) => `stem_${l}`) },
      },
      analyzer: {
        words: { type: 'custom', tokenizer: 'whitespace', filter: ['lowercase', 'asciifolding'] },
        stems_any: { type: 'custom', tokenizer: 'whitespace', filter: ['stems'] },
        ...Object.fromEntries(
          LANGUAGES.map((l) => [
            `stems_${l}`,
            { type: 'custom', tokenizer: 'whitespace', filter: [`stem_${l}`] },
          ]),
        ),
      },
    },
  },
  mappings: { dynamic: 'strict', properties },
};

/** Copies are made of what is finished: to write every document twice takes twice as long. */
export const SERVING = { index: { auto_expand_replicas: '0-1' } };
