import { BadInput } from '../input/bad-input.js';

/** Files that are easily given in place of a spec: how they are known, and what takes them. */
const OTHERS: readonly {
  readonly fields: readonly string[];
  readonly what: string;
  readonly takenBy: string;
}[] = [
  {
    fields: ['version', 'specs'],
    what: 'a report of verify --json',
    takenBy: 'report --from and trace take it',
  },
  { fields: ['patch'], what: 'a patch', takenBy: 'releases and diff take it' },
];

/** Throws BadInput for what is no spec, but something else that is known. */
export function checkIsSpec(value: unknown, where: string): void {
  if (typeof value !== 'object' || value === null) return;
  const other = OTHERS.find(({ fields }) => fields.every((field) => Object.hasOwn(value, field)));
  if (other === undefined) return;
  throw new BadInput(`${where}: found ${other.what}, expected a spec; ${other.takenBy}`);
}
