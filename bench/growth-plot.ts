import type { Cost, Growth } from './growth.js';

/** 4 columns for x, and for each measure 22: of 72. */
const BAR = 12;
const PANEL = BAR + 10;

const digits = (n: number): string => String(Number(n.toPrecision(3)));

function scaled(n: number, unit: string): string {
  const thousands = n < 1000 ? 0 : n < 1e6 ? 1 : n < 1e9 ? 2 : 3;
  return `${digits(n / 1000 ** thousands)} ${['', 'k', 'M', 'G'][thousands]}${unit}`.trim();
}

interface Measure {
  readonly of: keyof Cost;
  readonly name: string;
  readonly text: (value: number) => string;
}

const MEASURES: readonly Measure[] = [
  { of: 'calls', name: 'calls', text: (n) => scaled(n, '') },
  {
    of: 'seconds',
    name: 'time',
    text: (n) => (n < 1 ? `${Math.round(n * 1000)} ms` : `${digits(n)} s`),
  },
  { of: 'bytes', name: 'memory', text: (n) => scaled(n, 'B') },
];

function plotOf({ search, against, points, factors }: Growth): string {
  const least = (of: keyof Cost): number => Math.min(...points.map((point) => point[of]));
  const spread = (of: keyof Cost): number =>
    Math.max(...points.map((point) => point[of])) / least(of);
  // One scale for all three, so that their slopes can be compared; what spreads most fills its panel.
  const perMark = Math.max(...MEASURES.map(({ of }) => spread(of))) ** (1 / (BAR - 1));
  const bar = (of: keyof Cost, value: number): string =>
    '#'.repeat(1 + Math.round(Math.log(value / least(of)) / Math.log(perMark) || 0));
  const line = (x: string, panels: readonly string[]): string =>
    (x.padStart(4) + panels.map((panel) => `  ${panel.padEnd(PANEL - 2)}`).join('')).trimEnd();
  return [
    `${search}, against ${against}; a # more: ${digits(perMark)} times as much`,
    line(
      '',
      MEASURES.map(({ of, name }) => `${name}, x ${digits(factors[of])}`),
    ),
    ...points.map((point) =>
      line(
        String(point.x),
        MEASURES.map(
          ({ of, text }) => bar(of, point[of]).padEnd(BAR) + text(point[of]).padStart(8),
        ),
      ),
    ),
  ].join('\n');
}

const LEGEND = 'Bars are logarithmic; "x" is the factor for one more, fitted to all.';

/** Bars on a logarithmic scale, and the factors that were fitted, in 72 columns. */
export const growthPlot = (growths: readonly Growth[]): string =>
  [LEGEND, ...growths.map(plotOf)].join('\n\n');
