import pc from 'picocolors';

/** How words are set off; every function returns its text as it is where colour is off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly mark: (text: string) => string;
}

/** @param colour whether the output shows colours */
export function style(colour: boolean): Style {
  const { bold, dim, green, red, yellow } = pc.createColors(colour);
  return { bold, dim, good: green, bad: red, mark: yellow };
}
