/** A kernel that is on this machine, whether or not it can be run. */
export interface FoundKernel {
  /** What `--kernel` takes. */
  readonly name: string;
  /** Undefined where it cannot be read. */
  readonly version: string | undefined;
  /** The release that a kernel of this version is expected to behave as; undefined where none is. */
  readonly release: string | undefined;
  /** What is missing to run it, as a sentence; undefined if nothing is. */
  readonly missing: string | undefined;
}
