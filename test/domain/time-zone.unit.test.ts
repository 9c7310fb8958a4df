import { expect, it } from 'vitest';
import { isTimeZone } from '../../src/domain/time-zone.ts';

const taken = (names: readonly string[]): string[] => names.filter(isTimeZone);

it('takes every zone that Intl lists, links of IANA and universal time, in any case', () => {
  const links = 'Asia/Calcutta Asia/Kolkata Europe/Kiev Europe/Kyiv America/Argentina/Ushuaia europe/madrid';
  const universal = 'UTC GMT Etc/UTC Etc/GMT+5 Etc/GMT-14 utc';
  const names = [...Intl.supportedValuesOf('timeZone'), ...links.split(' '), ...universal.split(' ')];
  expect(taken(names)).toEqual(names);
});

it.each([
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST',
  'US/Pacific-New Canada/East-Saskatchewan SystemV/EST5 SystemV/PST8PDT',
  'CET EET MET WET US/Eastern',
])("takes no name that is ICU's alone or that Postgres may read otherwise: %s", (names) => {
  expect(taken(names.split(' '))).toEqual([]);
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
  expect(taken([...names, 'Europe/Madrid\0', ' UTC', 'UTC\n', 'Etc/Unknown', 'Factory'])).toEqual([]);
});
