import { useRef } from 'preact/hooks';
import { useWidth } from './width.js';

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** Goes from value to value in steps, without slopes. */
  readonly stepped?: true;
  /** Points alone. */
  readonly scattered?: true;
}

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [58, 14, 12, 40, 260];
/**
 * Series are told apart by these, also where colours are not. Cycles of 4, 5 and 3: two of the first twelve
 * have one of them in common at most.
 */
const COLOURS = ['s0', 's1', 's2', 's3'];
const SHAPES = [
  'M-4 -4h8v8h-8z',
  'M0 -5L5 4H-5z',
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0',
  'M0 -5L5 0L0 5L-5 0z',
  'M-2 -5h4v3h3v4h-3v3h-4v-3h-3v-4h3z',
];
const DASHES = ['', '6 3', '2 3'];

const lookOf = (i: number) => ({
  colour: COLOURS[i % COLOURS.length] as string,
  shape: SHAPES[i % SHAPES.length] as string,
  dash: DASHES[i % DASHES.length] as string,
});

/** 1, 2, 5 times a power of ten: at most six of them up to `most`. */
function ticks(most: number): number[] {
  const raw = Math.max(most, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw) ?? raw);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

/** Powers of ten that hold all values between them: two at least, for a scale. */
function powers(least: number, most: number): number[] {
  const from = Math.floor(Math.log10(least));
  const to = Math.max(from + 1, Math.ceil(Math.log10(most)));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

/** A number as an axis has it. */
function short(n: number): string {
  if (n >= 1e9) return `${n / 1e9} G`;
  if (n >= 1e6) return `${n / 1e6} M`;
  if (n >= 1e3) return `${n / 1e3} k`;
  return `${Number(n.toPrecision(3))}`;
}

/** The numbers of a chart, for those who do not see it. */
function Numbers({ series, across, up }: Pick<ChartProps, 'series' | 'across' | 'up'>) {
  return (
    <details>
      <summary>as numbers</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">{across}</th>
              <th scope="col">{up}</th>
            </tr>
          </thead>
          <tbody>
            {series.flatMap(({ name, points }) =>
              points.map(([x, y], i) => (
                <tr key={`${name} ${i}`}>
                  <td>{name}</td>
                  <td class="number">{x}</td>
                  <td class="number">{short(y)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}

interface ChartProps {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly series: readonly Series[];
  readonly logarithmic?: boolean;
  /** A line across, with what it is. */
  readonly limit?: readonly [number, string];
  /** What a place across is called. */
  readonly nameOf?: (x: number) => string;
}

/** Lines or points over whole numbers. */
export function Chart({
  title,
  across,
  up,
  series,
  logarithmic = false,
  limit,
  nameOf,
}: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const width = Math.min(720, Math.max(240, useWidth(holder, 560)));
  const all = series.flatMap(({ points }) => points);
  const xs = all.map(([x]) => x);
  const ys = [...all.map(([, y]) => y), ...(limit === undefined ? [] : [limit[0]])];
  const [leftmost, rightmost] = [Math.min(...xs), Math.max(...xs)];
  const marks = logarithmic
    ? powers(Math.min(...ys.filter((y) => y > 0)), Math.max(...ys))
    : ticks(Math.max(...ys, 1) * 1.08);
  const top = logarithmic ? (marks.at(-1) as number) : Math.max(...ys, 1) * 1.08;
  const bottom = logarithmic ? (marks[0] as number) : 0;
  const scale = logarithmic ? Math.log10 : (n: number) => n;
  const px = (x: number): number =>
    LEFT + ((x - leftmost) / Math.max(1, rightmost - leftmost)) * (width - LEFT - RIGHT - 16) + 8;
  const py = (y: number): number =>
    TOP +
    (1 - (scale(Math.max(y, bottom)) - scale(bottom)) / (scale(top) - scale(bottom))) *
      (HEIGHT - TOP - BOTTOM);
  const every = Math.ceil((rightmost - leftmost + 1) / Math.max(4, width / 46));
  const columns = Array.from({ length: rightmost - leftmost + 1 }, (_, i) => leftmost + i).filter(
    (x) => (x - leftmost) % every === 0,
  );
  const path = ({ points, stepped }: Series): string =>
    points
      .map(([x, y], i) =>
        i === 0 ? `M${px(x)} ${py(y)}` : stepped ? `H${px(x)}V${py(y)}` : `L${px(x)} ${py(y)}`,
      )
      .join('');
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={holder} class="chart">
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${title}; the numbers are below`}
        >
          {marks.map((y) => (
            <g key={y}>
              <path class="grid" d={`M${LEFT} ${py(y)}H${width - RIGHT}`} />
              <text class="tick-y" x={LEFT - 6} y={py(y) + 4}>
                {short(y)}
              </text>
            </g>
          ))}
          {columns.map((x) => (
            <text key={x} class="tick-x" x={px(x)} y={HEIGHT - BOTTOM + 16}>
              {x}
            </text>
          ))}
          <text class="axis" x={(LEFT + width) / 2} y={HEIGHT - 6}>
            {across}
          </text>
          {limit !== undefined && (
            <g class="limit">
              <path d={`M${LEFT} ${py(limit[0])}H${width - RIGHT}`} />
              <text x={width - RIGHT - 4} y={py(limit[0]) - 5}>
                {limit[1]}
              </text>
            </g>
          )}
          {series.map((one, i) => {
            const { colour, shape, dash } = lookOf(i);
            return (
              <g key={one.name} class={`series ${colour}`}>
                {one.scattered !== true && (
                  <path class="line" d={path(one)} stroke-dasharray={dash} />
                )}
                {(one.stepped !== true || one.points.length < 30) &&
                  one.points.map(([x, y], j) => (
                    <path
                      key={j}
                      class="point"
                      d={shape}
                      transform={`translate(${px(x)} ${py(y)})`}
                    >
                      <title>{`${one.name}: ${nameOf?.(x) ?? x}, ${short(y)}`}</title>
                    </path>
                  ))}
              </g>
            );
          })}
        </svg>
      </div>
      <ul class="key">
        {(series.length === 1 ? [] : series).map(({ name, scattered }, i) => {
          const { colour, shape, dash } = lookOf(i);
          return (
            <li key={name}>
              <svg width="30" height="12" aria-hidden="true" class={`series ${colour}`}>
                {scattered !== true && <path class="line" d="M0 6H30" stroke-dasharray={dash} />}
                <path class="point" d={shape} transform="translate(15 6)" />
              </svg>{' '}
              {name}
            </li>
          );
        })}
      </ul>
      <Numbers series={series} across={across} up={up} />
    </figure>
  );
}
