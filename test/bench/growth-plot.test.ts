import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Growth } from '../../bench/growth.js';
import { growthPlot } from '../../bench/growth-plot.js';
import { headingText } from '../../bench/text.js';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const growth = (points: Growth['points']): Growth => ({
  search: 'reach',
  against: 'pages',
  points,
  factors: { calls: 2048, seconds: 4, bytes: 1 },
});

/** The lines of the only growth, below the legend. */
const linesOf = (points: Growth['points']): string[] =>
  growthPlot([growth(points)])
    .split('\n')
    .slice(2);

describe('the plot of a growth', () => {
  test('has one logarithmic scale for calls, time and memory', () => {
    expect(
      linesOf([
        { x: 3, calls: 100, seconds: 0.5, bytes: 2_000_000 },
        { x: 4, calls: 204_800, seconds: 2, bytes: 2_000_000 },
      ]),
    ).toEqual([
      'reach, against pages; a # more: 2 times as much',
      '      calls, x 2050         time, x 4             memory, x 1',
      '   3  #                100  #             500 ms  #               2 MB',
      '   4  ############   205 k  ###              2 s  #               2 MB',
    ]);
  });

  test('has the shortest bars where nothing grows', () => {
    const same = { calls: 7, seconds: 1, bytes: 4096 };
    const [, , ...bars] = linesOf([
      { x: 1, ...same },
      { x: 2, ...same },
    ]);
    for (const bar of bars) expect(bar.match(/#+/g)).toEqual(['#', '#', '#']);
  });

  test('keeps to 72 columns', () => {
    const lines = linesOf([
      { x: 2, calls: 1, seconds: 0.001, bytes: 4096 },
      { x: 1024, calls: 123_456_789_012, seconds: 98_765, bytes: 98_765_432_109 },
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
  });
});

test('the plot in docs/performance.md is that of bench/growth.json', () => {
  const saved = JSON.parse(readFileSync(pathOf('bench/growth.json'), 'utf8')) as {
    machine: string;
    repeats: number;
    growth: Growth[];
  };
  const wanted = `\`\`\`text\n${headingText(saved)}\n${growthPlot(saved.growth)}\n\`\`\``;
  const path = pathOf('docs/performance.md');
  const block = /^```text\n.*?```$/ms;
  if (process.env['UPDATE_DOCS'] === '1') {
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(block, () => wanted),
    );
  }
  expect(
    block.exec(readFileSync(path, 'utf8'))?.[0],
    'docs/performance.md is out of date: UPDATE_DOCS=1 npx vitest run test/bench/growth-plot',
  ).toBe(wanted);
});
