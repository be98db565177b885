/** What may stand for a value, as far as a shell can complete it. */
export type Values = 'release' | 'invariant' | 'kernel' | 'file' | 'folder' | readonly string[];

/** Shells that words can be completed in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** An argument by its place. */
export interface Argument {
  /** As usage shows it without brackets: `spec`. */
  readonly name: string;
  readonly says: string;
  readonly values: Values;
  /** It may be left out, or be given several times (`many`, which may be none). */
  readonly may?: 'be left out' | 'be many';
}

/** An option by its name. */
export interface Option {
  /** Without the dashes: `json`. */
  readonly name: string;
  /** A letter that may stand for it behind one dash. */
  readonly short?: string;
  /** What its value is called, if it takes one: `n`. */
  readonly value?: string;
  /** Takes one value or more. */
  readonly many?: true;
  readonly required?: true;
  readonly says: string;
  /** What its value may be. */
  readonly values?: Values;
  /** Its value is a whole number from the one to the other. */
  readonly whole?: readonly [number, number];
  /** Another option that it makes no sense beside. */
  readonly notWith?: string;
  /** Its value if it is not given; otherwise there is none. */
  readonly default?: string | number;
}

/** A command line and what it is good for. */
export interface Example {
  /** Behind the name of the program. */
  readonly args: string;
  readonly says: string;
}

/** A command as it is declared: what parsing, help, completion, the manual page and the docs are made from. */
export interface Command {
  readonly name: string;
  /** Its first example is among those that the help of the program begins with. */
  readonly first?: true;
  /** In a line, without a capital and a full stop. */
  readonly says: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  /** The most usual first. */
  readonly examples: readonly Example[];
}

/** `<file>`, `[id]`, `[spec...]`. */
export function argumentUsage({ name, may }: Argument): string {
  if (may === 'be many') return `[${name}...]`;
  return may === undefined ? `<${name}>` : `[${name}]`;
}

/** `-o` and `--out`. */
export const optionFlags = ({ name, short }: Option): string[] =>
  short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];

/** `--workers <n>`, `-o, --out <folder>`. */
export function optionUsage(option: Option): string {
  const { value, many } = option;
  const flags = optionFlags(option).join(', ');
  return value === undefined ? flags : `${flags} <${value}${many === true ? '...' : ''}>`;
}
