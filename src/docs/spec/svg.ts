/** Elements of diagrams, as text; sizes are in pixels, and text is monospaced so that it can be measured. */

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

type Attributes = Readonly<Record<string, string | number>>;

const attributes = (of: Attributes): string =>
  Object.entries(of)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');

export const rect = (
  kind: string,
  x: number,
  y: number,
  width: number,
  height: number,
  more: Attributes = {},
): string => `<rect${attributes({ class: kind, x, y, width, height, ...more })}/>`;

export const text = (kind: string, x: number, y: number, says: string): string =>
  `<text${attributes({ class: kind, x, y })}>${escaped(says)}</text>`;

export const path = (kind: string, d: string, more: Attributes = {}): string =>
  `<path${attributes({ class: kind, d, ...more })}/>`;

/** Width of a text of 12 pixels. */
export const widthOf = (says: string): number => says.length * 7.23;

const LIGHT = {
  page: '#ffffff',
  ink: '#1f2328',
  dim: '#59636e',
  line: '#8c959f',
  box: '#f6f8fa',
  open: '#fff8e6',
  held: '#eef4ff',
  change: '#bc4c00',
  changeBox: '#fff1e5',
  check: '#0550ae',
  checkBox: '#ddf4ff',
  added: '#1a7f37',
  addedBox: '#dafbe1',
  gone: '#cf222e',
  goneBox: '#ffebe9',
} as const;

const DARK: Readonly<Record<keyof typeof LIGHT, string>> = {
  page: '#0d1117',
  ink: '#e6edf3',
  dim: '#9198a1',
  line: '#6e7681',
  box: '#161b22',
  open: '#211c0c',
  held: '#0f1a2b',
  change: '#ffa657',
  changeBox: '#3a2310',
  check: '#79c0ff',
  checkBox: '#0c2d4a',
  added: '#56d364',
  addedBox: '#0f2f1a',
  gone: '#ff7b72',
  goneBox: '#3b1214',
};

const variables = (colours: Readonly<Record<string, string>>): string =>
  Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** What is drawn says what it is by its class; a reader's dark theme is followed. */
const STYLE = `
svg{${variables(LIGHT)}}
@media (prefers-color-scheme:dark){svg{${variables(DARK)}}}
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:var(--ink)}
.page{fill:var(--page)}
.title{font-size:16px;font-weight:bold}
.dim{fill:var(--dim)}
.name{font-weight:bold}
.open{fill:var(--open)}
.held{fill:var(--held)}
.box{fill:var(--box);stroke:var(--line)}
.change{fill:var(--changeBox);stroke:var(--change)}
.check{fill:var(--checkBox);stroke:var(--check)}
.added{fill:var(--addedBox);stroke:var(--added)}
.gone{fill:var(--goneBox);stroke:var(--gone)}
.exit{fill:var(--dim)}
.torn{fill:var(--change)}
.sign-added{fill:var(--added);font-weight:bold}
.sign-gone{fill:var(--gone);font-weight:bold}
.flow,.arrow,.loop,.guard,.old,.new{fill:none;stroke:var(--line)}
.loop{stroke:var(--check);stroke-width:1.5}
.guard{stroke:var(--dim)}
.old{stroke:var(--gone);stroke-width:1.5;stroke-dasharray:4 3}
.new{stroke:var(--added);stroke-width:1.5}
.head{fill:var(--line)}
.loop-head{fill:var(--check)}
`;

/** A drawing of its own, with a title that screen readers read. */
export const drawing = (
  title: string,
  says: string,
  width: number,
  height: number,
  parts: readonly string[],
): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title says">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="says">${escaped(says)}</desc>`,
    `<style>${STYLE}</style>`,
    rect('page', 0, 0, width, height),
    ...parts,
    '</svg>\n',
  ].join('\n');

/** A triangle that points to the right, its tip at (x, y). */
export const tip = (kind: string, x: number, y: number): string =>
  path(kind, `M${x} ${y}l-7 -4v8z`);
