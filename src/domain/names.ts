// What a new name may hold: search puts names of categories in one line between control characters, and no page shows any.
// Names that are stored already may have them, and are found, held and replayed as they are.

export const isPlainName = (name: string): boolean => !/\p{Cc}/u.test(name);

/** What to do about one that is not. */
export const NOT_PLAIN = 'Leave out control characters, such as tabs and line breaks.';
