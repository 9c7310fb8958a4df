// Arguments that take names from a known set: a name that is none is told at once, with the one that was meant.
import { InvalidArgumentError } from 'commander';
import { closestMatch } from 'leven';

/** The end of a sentence about a name that is none of `known`: the one it is a slip of, or all of them. */
export function didYouMean(name: string, known: readonly string[]): string {
  const lower = new Map(known.map((one) => [one.toLowerCase(), one]));
  // A third of it mistyped is still the same word.
  const meant = closestMatch(name.toLowerCase(), [...lower.keys()], {
    maxDistance: Math.ceil(name.length / 3),
  });
  if (meant !== undefined) return `did you mean ${lower.get(meant)}?`;
  return `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`;
}

/** For commander: gives the name back where it is one of `known`. */
export function knownName<N extends string>(kind: string, name: string, known: readonly N[]): N {
  const found = known.find((one) => one === name);
  if (found === undefined)
    throw new InvalidArgumentError(`There is no ${kind} ${name}; ${didYouMean(name, known)}`);
  return found;
}
