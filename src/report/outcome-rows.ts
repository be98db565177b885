import type { LayoutEntry, StepOutcome } from '../conformance/outcome.js';
import type { Scenario } from '../conformance/scenario.js';
import { modelCall, type WrittenCall } from '../input/call.js';
import type { Vmas } from '../model/address-space.js';
import { callText } from '../model/call-text.js';
import { Kind, type KindName, MAX_PAGES, makeVma, Prot } from '../model/vma.js';
import { row } from './rows.js';
import { strip } from './strip.js';
import { plural } from './words.js';

const kindOf = ({ kind, shared }: LayoutEntry): KindName =>
  kind === 'file' ? (shared ? 'fshared' : 'fpriv') : kind;

/** As VMAs, to be drawn; of what is mapped `none`, which no scenario asks for, the drawing says `r`. */
export const vmasOf = (layout: readonly LayoutEntry[]): Vmas =>
  layout.map((entry) => {
    const start = Math.max(0, entry.start);
    const kind = Kind[kindOf(entry)];
    return makeVma({
      start,
      pages: Math.min(entry.start + entry.pages, MAX_PAGES) - start,
      kind,
      prot: entry.prot === 'rw' ? Prot.rw : Prot.r,
      id: kind === Kind.shm ? 1 : 0,
    });
  });

export const layoutStrip = (layout: readonly LayoutEntry[], pages: number): string =>
  strip(vmasOf(layout), pages);

/** A difference with its sign. */
export const signed = (n: number): string => (n < 0 ? `${n}` : `+${n}`);

/** What an outcome says of a call, `ok` or an errno: `-ENOMEM`, and `errno 524` as it is. */
export const saidText = (word: string): string => (word.startsWith('E') ? `-${word}` : word);

/** What a call returned, as people write it. */
export function returned({ result }: Pick<StepOutcome, 'result'>): string {
  if ('errno' in result) return saidText(result.errno);
  return result.ok === 'outside' ? 'an address outside' : `${result.ok}`;
}

export const writtenText = (call: WrittenCall): string => callText(modelCall(call));

/** The set-up of a scenario and the headroom behind it. */
export function setupRows({ setup, headroom }: Pick<Scenario, 'setup' | 'headroom'>): string[] {
  const built = setup.length === 0 ? 'nothing mapped' : setup.map(writtenText).join('; ');
  const count = `${plural(setup.length, 'call')} from an empty window`;
  return [
    ...row('set-up', built),
    ...row('', `(${count}, then ${plural(headroom, 'map slot')} left)`),
  ];
}
