import { expect, it } from 'vitest';
import { isTimeZone } from '../../src/domain/time-zone.ts';

const good = (names: readonly string[]): string[] => names.filter(isTimeZone);

it('takes every zone that Intl lists, links of IANA, universal time, and all of them in any case', () => {
  const names = [
    ...Intl.supportedValuesOf('timeZone'),
    ...['Asia/Calcutta', 'Asia/Kolkata', 'Europe/Kiev', 'Europe/Kyiv', 'America/Argentina/Ushuaia'],
    ...['UTC', 'GMT', 'Etc/UTC', 'Etc/GMT+5', 'Etc/GMT-14', 'europe/madrid', 'utc'],
  ];
  expect(good(names)).toEqual(names);
});

it("takes no name that is ICU's alone, or that Postgres reads otherwise", () => {
  const names = [
    ...['ACT', 'AET', 'AGT', 'ART', 'AST', 'BET', 'BST', 'CAT', 'CNT', 'CST', 'CTT', 'EAT', 'ECT', 'IET'],
    ...['IST', 'JST', 'MIT', 'NET', 'NST', 'PLT', 'PNT', 'PRT', 'PST', 'SST', 'VST'],
    ...['US/Pacific-New', 'Canada/East-Saskatchewan', 'SystemV/EST5', 'SystemV/PST8PDT'],
    ...['CET', 'EET', 'MET', 'WET', 'US/Eastern'],
  ];
  expect(good(names)).toEqual([]);
});

it('takes nothing else', () => {
  const names = [
    '',
    'Mars/Olympus',
    'Europe/',
    'Europe/Atlantis',
    'xEurope/Madrid',
    'UTC+1',
    'GMT0',
    '+02:00',
  ];
  expect(good([...names, 'Europe/Madrid\0', ' UTC', 'UTC\n', 'Etc/Unknown', 'Factory'])).toEqual([]);
});
