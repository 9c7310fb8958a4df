// docs/evidence.md and the figures of README.md are what the long commands reported, as it is kept in docs/evidence/:
// nobody can claim more than was measured, nor forget to say what was not run.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { claimsIn, pageOf, type Exhibit } from '../../scripts/evidence/page.ts';
import { evidenceFiles, exhibits } from '../../scripts/evidence.ts';

test.each(Object.entries(evidenceFiles()))(
  '%s says what was measured (else: npm run evidence -- --write)',
  (path, content) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(content);
  },
);

test('README.md has a place for its figures', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const nothing = claimsIn(readme, []);
  expect(nothing).toContain('Nothing was measured yet.');
});

test('everything that can be run is on the page, run or not', () => {
  const page = pageOf(exhibits());
  for (const { title } of exhibits()) expect(page).toContain(title);
});

const measured: Exhibit = {
  name: 'bench-hot-show',
  title: 'holds',
  command: 'npm run bench -- hot-show',
  exitCode: 0,
  report: {
    quick: false,
    figures: [],
    notRun: [{ what: 'Redis', why: 'it is missing' }],
    compared: [
      {
        title: 'Hot show',
        unit: 'holds/s',
        disk: 'disk as it is',
        rounds: 5,
        less: false,
        asked: { bare: 0.75 },
        comparisons: [
          { name: 'fairseat', value: { median: 8_000, min: 7_000, max: 9_000 } },
          {
            name: 'bare',
            value: { median: 20_000, min: 19_000, max: 21_000 },
            ratio: { median: 0.4, min: 0.35, max: 0.45 },
          },
        ],
      },
    ],
  },
};

test('a target that was missed stays on the page and in README.md', () => {
  expect(pageOf([measured])).toContain('0.40 × (0.35–0.45) | ≥ 0.75 ×');
  const place =
    '<!-- figures from docs/evidence.md: npm run evidence -- --write -->\n<!-- end of figures -->';
  expect(claimsIn(place, [measured])).toContain('0.40 × (0.35–0.45) | ≥ 0.75 ×');
});

test('README.md says of which disk a figure is: the same was measured on both', () => {
  const figures = ['disk as it is', 'each fsync + 2 ms'].map((disk) => ({
    title: 'Hot show',
    what: 'p99 of a hold',
    unit: 'ms',
    disk,
    value: { median: 3, min: 3, max: 3 },
    asked: { atMost: 4 },
  }));
  const place =
    '<!-- figures from docs/evidence.md: npm run evidence -- --write -->\n<!-- end of figures -->';
  const claims = claimsIn(place, [{ ...measured, report: { ...measured.report, figures } }]);
  for (const { disk } of figures)
    expect(claims).toContain(`| Hot show: p99 of a hold (${disk}) | 3 ms | ≤ 4 ms |`);
});

test('what was not run is said, with the reason', () => {
  expect(pageOf([measured])).toContain('Not run: Redis: it is missing');
  expect(pageOf([{ name: 'histories', title: 'Histories', notRun: 'no time' }])).toContain(
    'Not run: no time',
  );
});

test('a command that failed is not passed off as evidence', () => {
  const failed = { ...measured, exitCode: 1, lastWords: ['seat A-1 was sold twice'] };
  expect(pageOf([failed])).toContain('**It failed** (exit 1): seat A-1 was sold twice');
});

test('figures of a small run are quoted nowhere', () => {
  const small = { ...measured, report: { ...measured.report, quick: true } };
  const place =
    '<!-- figures from docs/evidence.md: npm run evidence -- --write -->\n<!-- end of figures -->';
  expect(claimsIn(place, [small])).toContain('Nothing was measured yet.');
  expect(pageOf([small])).toContain('say nothing about speed');
});
