import { createRequire } from 'node:module';
import { BadInput } from '../input/bad-input.js';
import { decode } from '../input/decode.js';
import { CALL_NAMES, type Release } from '../model/release.js';
import type { Step } from '../model/step.js';
import { moduleCodec } from './codec.js';
import { kit, type Patch } from './kit.js';

/** A patch that is code, ready to be applied. */
export interface PatchModule {
  readonly base: string;
  readonly title: string | undefined;
  readonly why: string | undefined;
  readonly sources: Release['sources'];
  /** Throws BadInput. */
  readonly apply: (base: Release) => Release;
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');

/** Runs a file of TypeScript or JavaScript, on any Node; loaded when it is needed, as it brings a compiler. */
function exportsOf(file: string, where: string): unknown {
  const { createJiti } = createRequire(import.meta.url)('jiti') as typeof import('jiti');
  try {
    return createJiti(import.meta.url, { fsCache: false, interopDefault: false })(file);
  } catch (error) {
    throw new BadInput(`${where}: found a module that fails (${reason(error)}), expected a patch`);
  }
}

const isStep = (value: unknown): value is Step => {
  const step = value as Partial<Step> | null;
  return (
    typeof step === 'object' &&
    typeof step?.run === 'function' &&
    [step.name, step.kernel, step.does].every((word) => typeof word === 'string' && word !== '')
  );
};

/** Throws BadInput for what is no release. */
function checked(value: unknown, where: string): Release {
  const calls = (value as Partial<Release> | null | undefined)?.calls;
  for (const call of CALL_NAMES) {
    const steps: unknown = calls?.[call];
    if (!Array.isArray(steps)) {
      throw new BadInput(
        `${where}: found a function that returns no release, expected one that does`,
      );
    }
    const at = steps.findIndex((step) => !isStep(step));
    if (at < 0) continue;
    throw new BadInput(
      `${where}: found something else as step ${at + 1} of ${call}, expected a step, with name, kernel, does and run`,
    );
  }
  return value as Release;
}

/**
 * Runs a module, and takes what it exports for a patch; throws BadInput.
 *
 * @param where names the file in messages
 */
export function loadModule(file: string, where: string): PatchModule {
  const loaded = exportsOf(file, where) as { readonly default?: unknown };
  const { base, title, why, sources } = decode(moduleCodec, loaded, where);
  const patch = loaded.default;
  if (typeof patch !== 'function') {
    throw new BadInput(
      `${where}: .default: found ${patch === undefined ? 'nothing' : typeof patch}, expected a function (release, kit) => release`,
    );
  }
  const apply = (release: Release): Release => {
    try {
      return checked((patch as Patch)(release, kit), where);
    } catch (error) {
      if (error instanceof BadInput) throw error;
      throw new BadInput(
        `${where}: found a patch that fails (${reason(error)}), expected a release`,
      );
    }
  };
  return { base, title, why, sources: sources ?? [], apply };
}
