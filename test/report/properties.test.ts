import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { invariantById } from '../../src/invariants/index.js';
import { releases } from '../../src/model/releases/index.js';
import type { Check, VerdictWord } from '../../src/specs/spec.js';
import { ownSpecs } from '../support/expectations.js';

const path = fileURLToPath(new URL('../../docs/properties.md', import.meta.url));

/** A row that names checks: what is asked, where, and the verdict. */
interface Row {
  readonly number: string;
  /** An invariant, or a class of differences. */
  readonly asked: string;
  /** Of each spec, the titles of its checks. */
  readonly where: readonly (readonly [spec: string, titles: readonly string[]])[];
  readonly verdict: string;
}

const unquoted = (cell: string): string => cell.replace(/^`(.*)`$/, '$1');

/** `failures.json: With map slots to spare; Near the limit`, one spec a `<br>`. */
const placesOf = (cell: string): Row['where'] =>
  cell.split('<br>').map((place) => {
    const [, spec = '', titles = ''] = /^`([^`]+)`: (.*)$/.exec(place) ?? [];
    return [spec, titles.split('; ')];
  });

const rows: readonly Row[] = readFileSync(path, 'utf8')
  .split('\n')
  .filter((line) => /^\| [D\d]/.test(line))
  .map((line) => {
    const cells = line.slice(1, -1).split('|');
    const [number = '', , , asked = '', where = '', verdict = ''] = cells.map((c) => c.trim());
    return { number, asked: unquoted(asked), where: placesOf(where), verdict };
  });

function checksOf([spec, titles]: Row['where'][number]): Check[] {
  const found = ownSpecs.find(({ file }) => file === spec);
  expect(found, `there is a ${spec}`).toBeDefined();
  return titles.flatMap((title) => {
    const named = found?.checks.filter((check) => check.title === title) ?? [];
    expect(named.length, `${spec} has a check "${title}"`).toBeGreaterThan(0);
    return named;
  });
}

/** The verdicts that the checks expect of a release, put together as in the matrix. */
function wordOf(verdicts: readonly VerdictWord[]): string | undefined {
  if (verdicts.includes('violated')) return 'fails';
  if (verdicts.includes('holds')) return 'holds';
  return verdicts.length > 0 ? 'no case' : undefined;
}

/** `2.6.12 to 5.0`: what neighbours in the list of releases stand for. */
function rangeText(first: number, last: number): string {
  const from = releases[first]?.covers.first;
  if (last === releases.length - 1) return first === last ? `${from}` : `${from} on`;
  const to = releases[last]?.covers.last;
  return from === to ? `${from}` : `${from} to ${to}`;
}

/** What the checks expect of an invariant, release by release, neighbours put together. */
function verdictOf(invariant: string, checks: readonly Check[]): string {
  const expectations = checks.flatMap((check) => (check.check === 'compare' ? [] : check.expect));
  const words = releases.map(({ id }) =>
    wordOf(
      expectations
        .filter((one) => one.invariant === invariant && one.releases.includes(id))
        .map(({ verdict }) => verdict),
    ),
  );
  const runs: string[] = [];
  for (let first = 0; first < words.length; first++) {
    const word = words[first];
    if (word === undefined) continue;
    let last = first;
    while (words[last + 1] === word) last++;
    runs.push(`${word} ${rangeText(first, last)}`);
    first = last;
  }
  return runs.join('; ');
}

/** What a class of differences is between. */
const differsIn = (asked: string, checks: readonly Check[]): string =>
  checks
    .flatMap((check) => (check.check === 'compare' ? [check] : []))
    .filter(({ expect: classes }) =>
      classes.some(({ shape, from, to }) => asked === `${shape}: ${from} -> ${to}`),
    )
    .map(({ releases: [from, to] }) => `differs ${from.slice(1)} from ${to.slice(1)}`)
    .join('; ');

describe('docs/properties.md', () => {
  test('has a row at least for each of the 31 claims and 7 deviations', () => {
    const numbers = new Set(rows.map(({ number }) => /^D?\d+/.exec(number)?.[0]));
    const claims = Array.from({ length: 31 }, (_, i) => `${i + 1}`);
    const deviations = Array.from({ length: 7 }, (_, i) => `D${i + 1}`);
    expect([...numbers]).toEqual([...claims, ...deviations]);
    expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length);
  });

  test.each(rows.map((row) => [`${row.number}, ${row.asked}`, row] as const))(
    'row %s has the verdict that the specs expect',
    (_name, { asked, where, verdict }) => {
      const checks = where.flatMap(checksOf);
      const isDifference = asked.includes(' -> ');
      if (!isDifference) expect(invariantById(asked), `there is ${asked}`).toBeDefined();
      expect(verdict).toBe(isDifference ? differsIn(asked, checks) : verdictOf(asked, checks));
      expect(verdict).not.toBe('');
    },
  );

  test('names with each row only checks that ask it', () => {
    for (const { number, asked, where } of rows.filter((row) => !row.asked.includes(' -> '))) {
      for (const place of where) {
        for (const title of place[1]) {
          const asks = checksOf([place[0], [title]]).some(
            (check) =>
              check.check !== 'compare' && check.expect.some((one) => one.invariant === asked),
          );
          expect(asks, `row ${number}: "${title}" asks ${asked}`).toBe(true);
        }
      }
    }
  });
});
