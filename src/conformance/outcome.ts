/** A VMA as /proc/PID/maps shows it, in pages of the window. */
export interface LayoutEntry {
  readonly start: number;
  readonly pages: number;
  readonly kind: 'anon' | 'shm' | 'file' | 'ramfs';
  readonly prot: 'rw' | 'r' | 'none';
  readonly shared: boolean;
  /** Only for `file` and `ramfs`. */
  readonly offset?: number;
}

/** What is in the window: its VMAs, and the first byte of each page that is not zero. */
export interface WindowView {
  readonly layout: readonly LayoutEntry[];
  readonly data: Readonly<Record<string, number>>;
}

/** An errno by its name, also where the model knows none such; one without a name by its number. */
export type ErrnoWord = `E${string}` | `errno ${number}`;

/** A page of the window, `outside` of it, or an errno. */
export type CallResult = { readonly ok: number | 'outside' } | { readonly errno: ErrnoWord };

export interface StepOutcome extends WindowView {
  readonly result: CallResult;
  /** map_count now, less map_count when the limit was set. */
  readonly mapCountDelta: number;
  /** Mapped pages, likewise. */
  readonly totalVmDelta: number;
  /** locked_vm now, in pages. */
  readonly lockedVm: number;
  /** The commit charge now, less what it was when the limit was set; shared anonymous objects included. */
  readonly committedDelta: number;
}

/** What a kernel, or the model, did with a scenario. */
export interface ScenarioOutcome {
  readonly id: string;
  readonly kernel: string;
  readonly initial: WindowView;
  readonly steps: readonly StepOutcome[];
}
