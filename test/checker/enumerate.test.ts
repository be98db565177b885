import { describe, expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { callsOf, mremapCalls } from '../../src/checker/calls.js';
import { addEnumerations, type Enumeration, enumeratePart } from '../../src/checker/enumerate.js';
import type { Finding } from '../../src/checker/findings.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import { invariants } from '../../src/invariants/index.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import { machine } from '../../src/model/plan.js';
import { Recorder } from '../../src/model/recorder.js';
import { observe, run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { mappedPages } from '../../src/model/vma.js';
import { release } from '../support/releases.js';

/** Small, and yet with calls that break several invariants on v2.6.33, some in very many address spaces. */
const BOUNDS: EnumerateBounds = {
  pages: 4,
  classes: [
    { kind: 'anon', prot: 'rw', populated: true },
    { kind: 'ramfs', prot: 'r', populated: false },
  ],
  vmas: 3,
  identities: 1,
  displacements: [0],
  limits: [0, 6],
  mremap: { flags: [[], ['FIXED'], ['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'any' },
};

const on = machine(release('v2.6.33'));
const whole = enumeratePart(on, BOUNDS, invariants);

interface Breach {
  readonly space: number;
  readonly call: number;
  readonly limit: number;
  readonly vmas: number;
  readonly pages: number;
}

/** Every call under every limit in every address space, in three plain loops. */
function plainLoops(): { applied: Map<string, number>; breaches: Map<string, Breach[]> } {
  const applied = new Map<string, number>();
  const breaches = new Map<string, Breach[]>();
  const calls = mremapCalls(BOUNDS.pages, BOUNDS.mremap);
  [...addressSpaces(BOUNDS)].forEach((before, space) => {
    const pages = frameTokens(before, BOUNDS.pages);
    for (let limit = BOUNDS.limits[0]; limit <= BOUNDS.limits[1]; limit++) {
      calls.forEach((call, index) => {
        const limits = env(limit, BOUNDS.pages);
        const outcome = run(on, limits, before, pages, call);
        const transition = { on, env: limits, before, pages, call, outcome };
        for (const invariant of invariants) {
          if (!invariant.applies(transition)) continue;
          applied.set(invariant.id, (applied.get(invariant.id) ?? 0) + 1);
          if (invariant.holds(transition)) continue;
          const found = breaches.get(invariant.id) ?? [];
          found.push({
            space,
            call: index,
            limit,
            vmas: before.length,
            pages: mappedPages(before),
          });
          breaches.set(invariant.id, found);
        }
      });
    }
  });
  return { applied, breaches };
}

const { applied, breaches } = plainLoops();

describe('an enumeration', () => {
  test('is what three plain loops over address spaces, limits and calls count', () => {
    expect(whole.findings.map(({ invariant }) => invariant)).toEqual(
      invariants.map(({ id }) => id),
    );
    for (const finding of whole.findings) {
      expect(finding.applied, finding.invariant).toBe(applied.get(finding.invariant) ?? 0);
      expect(finding.broken, finding.invariant).toBe(breaches.get(finding.invariant)?.length ?? 0);
    }
    const spaces = addressSpaces(BOUNDS).length;
    expect(whole.work.spaces).toBe(spaces);
    expect(whole.work.transitions).toBe(
      spaces * 7 * mremapCalls(BOUNDS.pages, BOUNDS.mremap).length,
    );
    const results = Object.values(whole.work.results).reduce((sum, count) => sum + count, 0);
    expect(results).toBe(whole.work.transitions);
  });

  test('has as first witness one with fewest VMAs, then fewest pages, below the limit if possible', () => {
    const broken = whole.findings.filter((finding) => finding.broken > 0);
    expect(broken.length).toBeGreaterThan(3);
    for (const { invariant, witnesses } of broken) {
      const all = breaches.get(invariant) as Breach[];
      const within = all.filter(({ vmas, limit }) => vmas <= limit);
      const least = (within.length > 0 ? within : all)
        .map(({ vmas, pages }) => 100 * vmas + pages)
        .reduce((a, b) => Math.min(a, b));
      const [first] = witnesses;
      const breach = all.find(
        (b) => b.space === first?.space && b.call === first.call && b.limit === first.limit,
      );
      expect(breach, invariant).toBeDefined();
      expect(100 * (breach?.vmas ?? 0) + (breach?.pages ?? 0), invariant).toBe(least);
      expect(first?.aboveLimit).toBe(within.length === 0);
    }
  });

  test('keeps witnesses that are breaches, of different address spaces, best first', () => {
    for (const { invariant, witnesses } of whole.findings) {
      const keys = new Set(
        (breaches.get(invariant) ?? []).map((b) => `${b.space} ${b.call} ${b.limit}`),
      );
      for (const w of witnesses) expect(keys).toContain(`${w.space} ${w.call} ${w.limit}`);
      const spaces = witnesses.map(({ space, aboveLimit }) => (aboveLimit ? 1e6 : 0) + space);
      expect(spaces).toEqual([...new Set(spaces)].sort((a, b) => a - b));
    }
  });

  test('is the same each time', () => {
    expect(enumeratePart(on, BOUNDS, invariants)).toEqual(whole);
  });
});

describe.each([2, 3, 7])('%i parts of an enumeration', (parts) => {
  const pieces = Array.from({ length: parts }, (_, part) =>
    enumeratePart(on, BOUNDS, invariants, { part, parts }),
  );

  test('add up to the whole, in either order', () => {
    const sum = (list: readonly Enumeration[]): Enumeration =>
      list.reduce((a, b) => addEnumerations(a, b));
    expect(sum(pieces)).toEqual(whole);
    expect(sum([...pieces].reverse())).toEqual(whole);
  });

  test('each do some of the work', () => {
    for (const { work } of pieces) {
      expect(work.transitions).toBeGreaterThan(0);
      expect(work.transitions).toBeLessThan(whole.work.transitions);
    }
  });
});

test('parts of different searches do not add up', () => {
  const [first] = invariants;
  const one = enumeratePart(on, { ...BOUNDS, pages: 1 }, first === undefined ? [] : [first]);
  const swapped: readonly Finding[] = [...whole.findings].reverse();
  expect(() => addEnumerations(one, { ...whole, findings: swapped })).toThrow(
    'parts of different searches',
  );
});

/** Two pages, and all that can fail in them once or twice. */
const FAILING: EnumerateBounds = {
  ...BOUNDS,
  pages: 3,
  classes: [
    { kind: 'anon', prot: 'rw', populated: true },
    { kind: 'special', prot: 'rw', populated: false },
  ],
  vmas: 2,
  limits: [3, 4],
  calls: ['mremap', 'munmap', 'mmap'],
  failures: 2,
  mremap: { flags: [[], ['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'fits' },
};

describe.each(['v2.6.12', 'v5.1', 'v6.12', 'v7.2'])('an enumeration with failures on %s', (id) => {
  const machineOf = machine(release(id));
  const found = enumeratePart(machineOf, FAILING, invariants);

  /** Every set of at most two of so many points that are all met: a point is met only if those before it were. */
  function* failures(points: (failing: readonly number[]) => number): Generator<readonly number[]> {
    yield [];
    for (let first = 0; first < points([]); first++) {
      yield [first];
      for (let second = first + 1; second < points([first]); second++) yield [first, second];
    }
  }

  test('is what plain loops over address spaces, limits, calls and failures count', () => {
    let transitions = 0;
    const broken = new Map<string, number>();
    const applied = new Map<string, number>();
    const witnessed = new Set<string>();
    [...addressSpaces(FAILING)].forEach((before, space) => {
      const pages = frameTokens(before, FAILING.pages);
      for (let limit = FAILING.limits[0]; limit <= FAILING.limits[1]; limit++) {
        const limits = env(limit, FAILING.pages);
        callsOf(FAILING).forEach((call, index) => {
          const points = (failing: readonly number[]): number => {
            const recorder = new Recorder();
            run(machineOf, limits, before, pages, call, { recorder, failing });
            return recorder.points;
          };
          for (const failing of failures(points)) {
            const { outcome } = observe(machineOf, limits, before, pages, call, failing);
            expect(outcome.failures).toHaveLength(failing.length);
            transitions++;
            const t = { on: machineOf, env: limits, before, pages, call, outcome };
            for (const invariant of invariants.filter((one) => one.applies(t))) {
              applied.set(invariant.id, (applied.get(invariant.id) ?? 0) + 1);
              if (invariant.holds(t)) continue;
              broken.set(invariant.id, (broken.get(invariant.id) ?? 0) + 1);
              witnessed.add(`${invariant.id} ${space} ${index} ${limit} ${failing}`);
            }
          }
        });
      }
    });
    expect(found.work.transitions).toBe(transitions);
    for (const { invariant, ...finding } of found.findings) {
      expect(finding.applied, invariant).toBe(applied.get(invariant) ?? 0);
      expect(finding.broken, invariant).toBe(broken.get(invariant) ?? 0);
      for (const w of finding.witnesses) {
        expect(witnessed).toContain(`${invariant} ${w.space} ${w.call} ${w.limit} ${w.failing}`);
      }
    }
  });
});
