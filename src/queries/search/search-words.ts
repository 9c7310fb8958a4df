// What somebody may have meant by the words they typed: their beginnings and inflections, and where a word looks
// mistyped, the words in use that are closest to it.
import { sql } from 'kysely';
import { askedWords, GUESSED_LENGTH_MIN } from '../../domain/words.ts';
import type { ReadModels } from '../query.ts';
import { typingDistance } from './typing-distance.ts';

const PREFIX_LENGTH_MIN = 3;
const GUESSES_MAX = 10;
/** Words as long as this may be closer in sound than in letters: `philharmonique`. */
const LONG = 6;
const SIMILAR_ENOUGH = 0.5;
const LANGUAGES = ['english', 'spanish', 'german', 'french', 'italian', 'portuguese', 'dutch'];

/** Texts of Postgres `tsquery`s, in all of which every word must be there: as it is, as a beginning, or mistyped. */
export interface Understood {
  readonly whole: string;
  readonly begun: string;
  readonly loose: string;
  /** Finds what `loose` finds, in fewer words; ranks otherwise. */
  readonly terse: string;
}

interface Heard {
  readonly word: string;
  readonly known: boolean;
  readonly stems: readonly string[];
  readonly guesses: readonly { readonly word: string; readonly similarity: number }[] | null;
}

/** null: there is no word in it, so nothing can be found by it. */
export async function understand(db: ReadModels, q: string): Promise<Understood | null> {
  const words = askedWords(q);
  if (words.length === 0) return null;
  const heard = await sql<Heard>`
    select asked.word,
      exists (select 1 from read.words w where w.word ^@ asked.word) as known,
      array(select plainto_tsquery(language::regconfig, asked.word)::text from unnest(${LANGUAGES}::text[]) language) as stems,
      case when length(asked.word) >= ${GUESSED_LENGTH_MIN}::int then (
        select jsonb_agg(jsonb_build_object('word', w.word, 'similarity', similarity(w.word, asked.word)))
        from (select word from read.words order by word <-> asked.word limit ${GUESSES_MAX}::int) w) end as guesses
    from unnest(${words}::text[]) with ordinality as asked (word, place) order by place`.execute(db);
  const parts = heard.rows.map(meanings);
  const all = (meaning: keyof Understood): string => parts.map((part) => part[meaning]).join(' & ');
  return { whole: all('whole'), begun: all('begun'), loose: all('loose'), terse: all('terse') };
}

function meanings({ word, known, stems, guesses }: Heard): Understood {
  const said = [word, ...stems.map(unquoted).filter((stem) => stem !== '')];
  const meant = (guesses ?? []).filter((guess) => isTypoOf(word, guess, known)).map((guess) => guess.word);
  const isBegun = word.length >= PREFIX_LENGTH_MIN;
  const beginning = isBegun ? `${quoted(word)}:* | ` : '';
  const others = [...said, ...meant].filter((other) => !isBegun || !other.startsWith(word));
  return {
    whole: any(...said),
    begun: `(${beginning}${any(...said)})`,
    loose: `(${beginning}${any(...said, ...meant)})`,
    terse: isBegun && others.length === 0 ? `${quoted(word)}:*` : `(${beginning}${any(...others)})`,
  };
}

/** A word in use is rarely a slip for another one: then only its closest neighbours are thought of. */
function isTypoOf(word: string, guess: { word: string; similarity: number }, known: boolean): boolean {
  const distance = typingDistance(word, guess.word, 2);
  if (known) return word.length >= LONG && distance <= 1;
  return (
    distance <= (word.length < LONG ? 1 : 2) || (word.length >= LONG && guess.similarity >= SIMILAR_ENOUGH)
  );
}

const any = (...words: string[]): string => `(${[...new Set(words)].map(quoted).join(' | ')})`;
/** Words are letters and digits; a stem is nothing else. */
const quoted = (word: string): string => `'${word.replaceAll(/['\\]/g, '')}'`;
const unquoted = (lexeme: string): string => (/^'[\p{L}\p{N}]+'$/u.test(lexeme) ? lexeme.slice(1, -1) : '');
