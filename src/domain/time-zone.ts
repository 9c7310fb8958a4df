// Time zones by name: only names that mean the same here and in Postgres, which tells in which month of its place a show is.

/**
 * AREA/LOCATION as the IANA database names its zones (theory.html, "Timezone identifiers"), and universal time. Intl knows
 * more: ICU's old names, which are nothing to Postgres (CAT, SystemV/EST5) or another zone (IST), and old names of IANA,
 * which newer Linux does not install (US/Eastern) or in which Postgres has no summer time (CET).
 */
const NAME =
  /^(?:(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/.+|UTC|GMT)$/i;

/** Whether it names a time zone of the IANA database, in whatever case. */
export function isTimeZone(name: string): boolean {
  if (!NAME.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
