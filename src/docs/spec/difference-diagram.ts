import type { Release } from '../../model/release.js';
import { type StepChange, stepChanges } from './step-diff.js';
import { drawing, path, rect, text, widthOf } from './svg.js';

/** Three lanes: what is gone, what both have, what is new. */
const LANES = { removed: 20, both: 390, added: 760 } as const;
const LANE_WIDTH = 340;
const WIDTH = LANES.added + LANE_WIDTH + 20;
const TOP = 92;
const BOX = 22;
const GAP = 10;
const NOTE = 15;
/** Characters of a note that fit into a lane. */
const NOTE_CHARS = 40;
/** So many steps in a row that both have are drawn as one. */
const FOLDED = 4;

/** What one box stands for. */
type Node =
  | {
      readonly kind: 'folded';
      readonly steps: number;
      readonly first: string;
      readonly last: string;
    }
  | { readonly kind: 'step'; readonly change: StepChange };

function nodesOf(changes: readonly StepChange[]): Node[] {
  const nodes: Node[] = [];
  for (let i = 0; i < changes.length; ) {
    let end = i;
    while (changes[end]?.kind === 'same') end++;
    if (end - i >= FOLDED) {
      const [first, last] = [changes[i] as StepChange, changes[end - 1] as StepChange];
      nodes.push({ kind: 'folded', steps: end - i, first: first.step.name, last: last.step.name });
      i = end;
    } else {
      nodes.push({ kind: 'step', change: changes[i] as StepChange });
      i++;
    }
  }
  return nodes;
}

/** Text in lines of a lane. */
function lines(says: string): string[] {
  const broken: string[] = [];
  for (const word of says.split(' ')) {
    const last = broken.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= NOTE_CHARS) {
      broken[broken.length - 1] = `${last} ${word}`;
    } else broken.push(word);
  }
  return broken;
}

/** A box with what stands below it. */
interface Placed {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly drawn: readonly string[];
  readonly inOld: boolean;
  readonly inNew: boolean;
}

/** Of a step that has moved what is new; of another what it does. */
function notesOf(change: StepChange): string[] {
  if (change.kind === 'added' && change.moved) return ['moved', ...change.what.flatMap(lines)];
  return change.kind === 'removed' && change.moved ? ['moved'] : lines(change.step.does);
}

const guardNote = (change: StepChange): string =>
  [...new Set((change.step.when ?? []).map(({ name }) => name))].join(' · ');

function placed(node: Node, y: number): Placed {
  if (node.kind === 'folded') {
    const x = LANES.both;
    const says = `${node.steps} steps as before`;
    const names = `${node.first} … ${node.last}`;
    const shown = names.length > NOTE_CHARS ? `${node.first} …` : names;
    return {
      x,
      y,
      height: BOX + NOTE + 6,
      drawn: [
        rect('box', x, y, LANE_WIDTH, BOX + NOTE, { rx: 4, 'stroke-dasharray': '3 3' }),
        text('dim', x + 8, y + 15, says),
        text('dim', x + 8, y + 30, shown),
      ],
      inOld: true,
      inNew: true,
    };
  }
  const { change } = node;
  const { kind, step } = change;
  const x = kind === 'added' || kind === 'removed' ? LANES[kind] : LANES.both;
  const box = { same: 'box', changed: 'check', added: 'added', removed: 'gone' }[kind];
  const sign = { same: '', changed: '', added: '+', removed: '−' }[kind];
  const guard = guardNote(change);
  const notes =
    kind === 'changed'
      ? change.what.flatMap(lines)
      : kind === 'same'
        ? []
        : [...(guard === '' ? [] : lines(`only: ${guard}`)), ...notesOf(change)];
  const functionText = kind === 'same' || kind === 'changed' ? '' : step.kernel;
  const fits = widthOf(step.name) + widthOf(functionText) + 44 <= LANE_WIDTH;
  const shown = fits || functionText === '' ? notes : [functionText, ...notes];
  return {
    x,
    y,
    height: BOX + shown.length * NOTE + (shown.length > 0 ? 6 : 0),
    drawn: [
      rect(box, x, y, LANE_WIDTH, BOX, { rx: 4 }),
      text(`sign-${kind === 'added' ? 'added' : 'gone'}`, x + 8, y + 15, sign),
      text('name', x + 22, y + 15, step.name),
      ...(fits && functionText !== ''
        ? [text('dim', x + LANE_WIDTH - 8 - widthOf(functionText), y + 15, functionText)]
        : []),
      ...shown.map((note, i) => text('dim', x + 22, y + BOX + 13 + i * NOTE, note)),
    ],
    inOld: kind !== 'added',
    inNew: kind !== 'removed',
  };
}

/** A line from box to box, beside those between that it does not touch. */
function course(kind: 'old' | 'new', boxes: readonly Placed[]): string[] {
  const shift = kind === 'old' ? 8 : LANE_WIDTH - 8;
  return boxes.slice(1).map((to, i) => {
    const from = boxes[i] as Placed;
    const [x1, y1] = [from.x + shift, from.y + BOX];
    const [x2, y2] = [to.x + shift, to.y];
    if (x1 === x2) return path(kind, `M${x1} ${y1}V${y2}`);
    const turn = y2 - GAP / 2;
    return path(kind, `M${x1} ${y1}V${turn}H${x2}V${y2}`);
  });
}

/** How mremap() takes its way through the steps of two releases: the old one to the left, the new one to the right. */
export function differenceDiagram(before: Release, after: Release): string {
  const nodes = nodesOf(stepChanges(before.calls.mremap, after.calls.mremap));
  const boxes: Placed[] = [];
  let y = TOP;
  for (const node of nodes) {
    const box = placed(node, y);
    boxes.push(box);
    y += box.height + GAP;
  }
  const title = `mremap() from ${before.id} to ${after.id}`;
  return drawing(
    title,
    `Steps that ${after.id} has and ${before.id} has not, and the other way round. The text version is on the page of ${after.id}.`,
    WIDTH,
    y + 10,
    [
      text('title', 16, 28, title),
      text('sign-gone', LANES.removed, 56, `only ${before.id}`),
      text('name', LANES.both, 56, 'both'),
      text('sign-added', LANES.added, 56, `only ${after.id}`),
      text(
        'dim',
        16,
        78,
        `A dashed line is the way through ${before.id}, a full one through ${after.id}.`,
      ),
      ...course(
        'old',
        boxes.filter(({ inOld }) => inOld),
      ),
      ...course(
        'new',
        boxes.filter(({ inNew }) => inNew),
      ),
      ...boxes.flatMap(({ drawn }) => drawn),
    ],
  );
}
