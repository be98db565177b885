import type { Style } from '../report/style.js';

/** A line of the view, with the way in which it is set off. */
export interface Line {
  readonly text: string;
  readonly tone?: keyof Style;
}

export const plain = (text: string): Line => ({ text });
export const toned = (text: string, tone: keyof Style): Line => ({ text, tone });

/** Cut at the margin, which `...` shows. */
export function fitted({ text, ...rest }: Line, width: number): Line {
  if (text.length <= width) return { text, ...rest };
  const mark = '...'.slice(0, width);
  return { text: text.slice(0, width - mark.length) + mark, ...rest };
}

/** @param tones how the output shows them */
export const styled = ({ text, tone }: Line, tones: Style): string =>
  tone === undefined ? text : tones[tone](text);
