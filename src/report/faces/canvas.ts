import type { Style } from '../style.js';

/** What a trace is drawn on. */
export interface Canvas {
  readonly s: Style;
  /** Columns; what does not fit is folded. */
  readonly width: number;
  /** Every step, with the kernel function that it stands for. */
  readonly verbose: boolean;
  /** A list of the VMAs with all that they are: of all, or without those that stay as they are. */
  readonly vmas: 'none' | 'changed' | 'all';
}
