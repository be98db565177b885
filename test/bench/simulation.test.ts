import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { drawnUnits, fullFrom, simulate } from '../../bench/simulation.js';

const FREE = { cost: 0, latency: 0 };
const equal = (many: number, seconds: number): number[] =>
  Array.from({ length: many }, () => seconds);

const many = fc.integer({ min: 1, max: 400 });
const workers = fc.integer({ min: 1, max: 50 });
const seconds = fc.double({ min: 0.001, max: 100, noNaN: true });
const units = fc.array(seconds, { minLength: 1, maxLength: 200 });

describe('the simulation of a queue', () => {
  property.prop([many, workers, seconds])(
    'equal units that cost nothing to hand out are done in rounds',
    (n, w, t) => {
      const found = simulate(equal(n, t), { workers: w, start: 0 }, FREE);
      expect(found.seconds).toBeCloseTo(Math.ceil(n / w) * t, 6);
    },
  );

  property.prop([units, seconds, seconds, seconds])(
    'one worker waits for each unit, for the desk and for its start',
    (u, start, cost, latency) => {
      const found = simulate(u, { workers: 1, start }, { cost, latency });
      const sum = u.reduce((total, one) => total + one, 0);
      expect(found.seconds).toBeCloseTo(start + sum + u.length * (cost + latency), 4);
    },
  );

  property.prop([units, workers, seconds])(
    'no more units pass a second than the desk lets',
    (u, w, cost) => {
      const found = simulate(u, { workers: w, start: 0 }, { cost, latency: 0 });
      expect(u.length / found.seconds).toBeLessThanOrEqual(1 / cost);
    },
  );

  test('with workers enough the desk is never idle, with one fewer it is', () => {
    const desk = { cost: 0.01, latency: 0.005 };
    const full = fullFrom(2, desk);
    expect(full).toBe(202);
    const at = (w: number) => simulate(equal(20_000, 2), { workers: w, start: 0 }, desk);
    // The last unit is still to be done when the desk is done with it.
    expect(at(full).seconds).toBeCloseTo(20_000 * 0.01 + 2.005, 6);
    expect(at(2 * full).seconds).toBeCloseTo(at(full).seconds, 6);
    expect(at(full / 2).seconds).toBeGreaterThan(1.9 * at(full).seconds);
  });

  property.prop([units, workers])(
    'it takes no less than evenly, and no more than the longest unit more',
    (u, w) => {
      // What any order without idle workers keeps to (Graham 1966).
      const found = simulate(u, { workers: w, start: 0 }, FREE);
      const evenly = u.reduce((total, one) => total + one, 0) / w;
      expect(found.seconds).toBeGreaterThanOrEqual(evenly * (1 - 1e-9));
      expect(found.seconds).toBeLessThanOrEqual(evenly + Math.max(...u) * (1 + 1e-9));
      expect(found.efficiency).toBeCloseTo(evenly / found.seconds, 6);
    },
  );

  test('units are drawn from those measured, the same each time, with the mean asked for', () => {
    const drawn = [...drawnUnits(10_000, 8, [1, 2, 3])];
    expect([...drawnUnits(10_000, 8, [1, 2, 3])]).toEqual(drawn);
    expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual([4, 8, 12]);
    expect(drawn.reduce((sum, one) => sum + one, 0) / 10_000).toBeCloseTo(8, 1);
  });
});
