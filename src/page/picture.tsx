import { useRef } from 'preact/hooks';
import type { Frame, Span } from '../html/run.js';
import { type Vmas, vmaAt } from '../model/address-space.js';
import { endOf, kindName, protName, startOf, type Vma } from '../model/vma.js';
import { type Changes, changesOf, changesText } from './changes.js';
import { useWidth } from './width.js';
import { stateMarks, vmasText, vmaText } from './words.js';

const GUTTER = 54;
const WIDEST = 84;
const RULER = 18;
const ROLES = 34;
const BEFORE = 22;
const NOW = 46;
const GAP = 12;
/** Pixels that the longest word at a page takes. */
const WORD = 58;

interface Layout {
  /** Pixels of a page. */
  readonly page: number;
  readonly pages: number;
}

const x = (layout: Layout, page: number): number => GUTTER + page * layout.page;

/** What fits into a bar of so many pixels. */
function label(vma: Vma, width: number): string {
  const [kind, prot] = [kindName(vma), protName(vma)];
  const texts = [`${kind} ${prot}`, `${kind.slice(0, 4)} ${prot}`, `${kind[0]} ${prot}`, prot];
  return texts.find((text) => text.length * 7.3 + 6 <= width) ?? '';
}

function Bar({
  vma,
  layout,
  top,
  height,
}: {
  readonly vma: Vma;
  readonly layout: Layout;
  readonly top: number;
  readonly height: number;
}) {
  const left = x(layout, startOf(vma));
  const width = x(layout, endOf(vma)) - left;
  const marks = stateMarks(vma);
  return (
    <g class={`vma ${kindName(vma)} ${protName(vma)}`}>
      <title>{vmaText(vma)}</title>
      <rect x={left + 1.5} y={top} width={width - 3} height={height} rx="3" />
      <text x={left + width / 2} y={top + 15} class="kind">
        {label(vma, width)}
      </text>
      {marks !== '' && (
        <text x={left + 6} y={top + height - 5} class="marks">
          {marks}
        </text>
      )}
    </g>
  );
}

/** Under which page the contents of each page were before the call; told where they have moved. */
function Contents({
  frame,
  layout,
  top,
}: {
  readonly frame: Frame;
  readonly layout: Layout;
  readonly top: number;
}) {
  return (
    <>
      {frame.pages.map((token, page) =>
        token === 0 || vmaAt(frame.vmas, page) === undefined ? null : (
          <text
            key={page}
            x={x(layout, page) + layout.page / 2}
            y={top + NOW - 8}
            class={token === page + 1 ? 'content' : 'content moved'}
          >
            {layout.page >= 40 ? `data ${token - 1}` : token - 1}
          </text>
        ),
      )}
    </>
  );
}

function Role({
  span,
  name,
  layout,
  top,
}: {
  readonly span: Span | undefined;
  readonly name: 'source' | 'destination';
  readonly layout: Layout;
  readonly top: number;
}) {
  if (span === undefined || span.start >= layout.pages) return null;
  const [left, right] = [x(layout, span.start), x(layout, Math.min(span.end, layout.pages))];
  const text = right - left >= 76 ? name : name === 'source' ? 'S' : 'D';
  return (
    <g class={`role ${name}`}>
      <path d={`M${left + 3} ${top + 6}v-4H${right - 3}v4`} />
      <text x={(left + right) / 2} y={top + 13}>
        {text}
      </text>
    </g>
  );
}

function Marks({
  changes,
  layout,
  top,
}: {
  readonly changes: Changes;
  readonly layout: Layout;
  readonly top: number;
}) {
  const box = (kind: string, word: string, sign: string) => (page: number) => (
    <g key={`${kind}${page}`} class={`change ${kind}`}>
      <rect x={x(layout, page) + 3} y={top - 2} width={layout.page - 6} height={NOW + 4} rx="4" />
      <text x={x(layout, page) + layout.page / 2} y={top + NOW + 14}>
        {layout.page >= WORD ? word : sign}
      </text>
    </g>
  );
  const tick = (kind: string, text: string) => (page: number) => (
    <g key={`${kind}${page}`} class={`tick ${kind}`}>
      <path d={`M${x(layout, page)} ${top - 3}V${top + NOW + 3}`} />
      <text x={x(layout, page)} y={top + NOW + 14}>
        {text}
      </text>
    </g>
  );
  const only = changes.split.length + changes.merged.length === 0 ? changes.altered : [];
  return (
    <>
      {changes.unmapped.map(box('unmapped', 'unmapped', '−'))}
      {changes.mapped.map(box('mapped', 'mapped', '+'))}
      {only.map(box('altered', 'changed', '≠'))}
      {changes.split.map(tick('split', 'split'))}
      {changes.merged.map(tick('merged', 'merged'))}
    </>
  );
}

/** An address space on a page grid: before the call, and now, with what the last step made of it. */
export function Picture({
  frame,
  last,
  first,
  pages,
  name,
}: {
  readonly frame: Frame;
  /** What was to be seen before the last step. */
  readonly last: Vmas;
  /** What the call began with. */
  readonly first: Vmas;
  readonly pages: number;
  readonly name: string;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder, 640);
  const layout: Layout = {
    pages,
    page: Math.max(13, Math.min(WIDEST, (width - GUTTER - 12) / pages)),
  };
  const changes = changesOf(last, frame.vmas, pages);
  const before = RULER + ROLES;
  const now = before + BEFORE + GAP;
  const height = now + NOW + 20;
  const words = [
    `Before: ${vmasText(first)}.`,
    `Now: ${vmasText(frame.vmas)}.`,
    changesText(changes),
  ];
  const grid = Array.from({ length: pages + 1 }, (_, page) => page);
  const wide = GUTTER + layout.page * pages + 8;
  return (
    <div class={wide > width ? 'picture wide' : 'picture'} ref={holder}>
      <svg
        width={wide}
        height={height}
        viewBox={`0 0 ${wide} ${height}`}
        role="img"
        aria-label={`${name}. ${words.join(' ')}`}
      >
        {grid.map((page) => (
          <path key={page} class="grid" d={`M${x(layout, page)} ${RULER}V${height - 18}`} />
        ))}
        {grid.slice(0, -1).map((page) => (
          <text key={page} class="ruler" x={x(layout, page) + layout.page / 2} y={12}>
            {page}
          </text>
        ))}
        <text class="row" x="0" y="12">
          page
        </text>
        <text class="row" x="0" y={before + 15}>
          before
        </text>
        <text class="row" x="0" y={now + 15}>
          now
        </text>
        <Role span={frame.source} name="source" layout={layout} top={RULER + 2} />
        <Role span={frame.destination} name="destination" layout={layout} top={RULER + 18} />
        <g class="past">
          {first.map((vma) => (
            <Bar key={startOf(vma)} vma={vma} layout={layout} top={before} height={BEFORE} />
          ))}
        </g>
        {frame.vmas.map((vma) => (
          <Bar key={startOf(vma)} vma={vma} layout={layout} top={now} height={NOW} />
        ))}
        <Contents frame={frame} layout={layout} top={now} />
        <Marks changes={changes} layout={layout} top={now} />
      </svg>
    </div>
  );
}
