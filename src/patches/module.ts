import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { BadInput } from '../input/bad-input.js';
import { decode } from '../input/decode.js';
import { checkJson } from '../input/sound-json.js';
import { kit, type Patch } from '../model/kit.js';
import { CALL_NAMES, type Release } from '../model/release.js';
import type { Step } from '../model/step.js';
import { moduleCodec } from './codec.js';

/** A patch that is code, ready to be applied. */
export interface PatchModule {
  readonly base: string;
  readonly title: string | undefined;
  readonly why: string | undefined;
  readonly sources: Release['sources'];
  /** Of its file, and of the local ones that it has imported. */
  readonly texts: readonly string[];
  /** Throws BadInput. */
  readonly apply: (base: Release) => Release;
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');

/** What was loaded since, besides packages. */
const ownFiles = (cache: object, before: ReadonlySet<string>): string[] =>
  Object.keys(cache).filter((file) => !before.has(file) && !file.includes('/node_modules/'));

interface Loaded {
  readonly exports: unknown;
  readonly texts: readonly string[];
}

/** Runs a file of TypeScript or JavaScript, on any Node; loaded when it is needed, as it brings a compiler. */
function loadedFrom(file: string, where: string): Loaded {
  const { createJiti } = createRequire(import.meta.url)('jiti') as typeof import('jiti');
  const jiti = createJiti(import.meta.url, { fsCache: false, interopDefault: false });
  const before = new Set(Object.keys(jiti.cache));
  try {
    const exports: unknown = jiti(file);
    const files = [...new Set([file, ...ownFiles(jiti.cache, before)])];
    return { exports, texts: files.map((one) => readFileSync(one, 'utf8')) };
  } catch (error) {
    throw new BadInput(`${where}: found a module that fails (${reason(error)}), expected a patch`);
  } finally {
    // What this one imports is then known of the next that imports it, too.
    for (const one of ownFiles(jiti.cache, before)) delete jiti.cache[one];
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

const loaded = new Map<string, Loaded>();

/**
 * Runs a module, and takes what it exports for a patch; throws BadInput.
 *
 * @param where names the file in messages
 */
export function loadModule(file: string, where: string): PatchModule {
  // Once a thread, by whatever reference.
  const { exports, texts } = loaded.get(file) ?? loadedFrom(file, where);
  loaded.set(file, { exports, texts });
  const { base, title, why, sources } = decode(moduleCodec, exports, where);
  checkJson({ base, title, why, sources }, where);
  const patch = (exports as { readonly default?: unknown }).default;
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
  return { base, title, why, sources: sources ?? [], texts, apply };
}
