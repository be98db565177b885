import { dirname, resolve } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import { decode, parseJson } from '../input/decode.js';
import { readText } from '../input/read-text.js';
import type { Release } from '../model/release.js';
import { bracketed, releaseByRef, UnknownRelease, withVariant } from '../model/releases/variant.js';
import { remembered } from '../model/remembered.js';
import { applied } from './apply.js';
import { patchCodec } from './codec.js';
import { loadModule } from './module.js';
import { type PatchFile, patchFile } from './place.js';
import { faultOf } from './sound.js';

/** How a reference is read. */
export interface Reading {
  /** The folder of the file in which it stands; paths are relative to it. */
  readonly folder?: string;
  /** Whether modules may be run. */
  readonly modules: boolean;
}

const FILE = /^(.+?\.(?:json|[cm]?[jt]s))(?:@(.+))?$/s;
const MODULE = /\.[cm]?[jt]s$/;

/** A patch as its file has it, with its base still a reference. */
interface PatchText {
  readonly base: string;
  readonly title: string | undefined;
  readonly why: string | undefined;
  readonly sources: Release['sources'];
  /** Of all files that it is made of. */
  readonly texts: readonly string[];
  readonly apply: (base: Release) => Release;
}

const known = new Map<string, Release>();
const texts = new WeakMap<Release, readonly string[]>();

function read({ path, name }: PatchFile): PatchText {
  // A module too, since this says why it cannot be read.
  const text = readText(resolve(name) === path ? name : path, 'a patch');
  if (MODULE.test(path)) {
    return loadModule(path, name);
  }
  const { base, title, why, sources, edits } = decode(patchCodec, parseJson(text, name), name);
  return {
    base,
    title,
    why,
    sources: sources ?? [],
    texts: [text],
    apply: (release) => applied(release, edits, name),
  };
}

/** What the patch changes, in a sentence or two. */
const changesOf = ({ title, why }: PatchText, name: string, base: Release): string =>
  [`${title ?? name}, on ${base.id}.`, ...(why === undefined ? [] : [why])].join(' ');

function patched(
  file: PatchFile,
  onto: string | undefined,
  how: Reading,
  via: readonly string[],
): Release {
  const { path, name } = file;
  if (via.includes(path)) {
    throw new BadInput(`${name}: .base: found a patch of itself, expected a release to begin with`);
  }
  if (MODULE.test(path) && !how.modules) {
    throw new BadInput(
      `${name}: found a module, which is code to be run, expected a JSON patch; only a command line can name a module, or let specs do so by --modules`,
    );
  }
  const patch = read(file);
  // A patch that is data never runs code, whatever its base is.
  const own = { folder: dirname(path), modules: MODULE.test(path) && how.modules };
  let base: Release;
  try {
    base =
      onto === undefined ? resolved(patch.base, own, [...via, path]) : resolved(onto, how, via);
  } catch (error) {
    if (!(error instanceof UnknownRelease)) throw error;
    throw new BadInput(`${name}${onto === undefined ? ': .base' : ''}: ${error.message}`);
  }
  const id = onto === undefined ? name : `${name}@${base.id}`;
  const release = {
    ...patch.apply(base),
    id,
    base,
    covers: base.covers,
    changes: changesOf(patch, name, base),
    sources: patch.sources,
    kernels: [],
  };
  const fault = faultOf(release, base);
  if (fault !== undefined) throw new BadInput(`${name}: ${fault}`);
  texts.set(release, patch.texts);
  return release;
}

/** The texts of the patches that a release is made by, as they were when they were read. */
export function patchTexts(release: Release): string[] {
  const { base } = release;
  return [...(texts.get(release) ?? []), ...(base === undefined ? [] : patchTexts(base))];
}

function resolved(ref: string, how: Reading, via: readonly string[]): Release {
  const { plain, edits } = bracketed(ref);
  const [, path, onto] = FILE.exec(plain) ?? [];
  if (path === undefined) {
    try {
      return releaseByRef(ref);
    } catch (error) {
      if (!(error instanceof UnknownRelease)) throw error;
      throw new UnknownRelease(
        ref,
        `${error.expected}; or a patch, a file named .json, .ts or .js`,
      );
    }
  }
  const release = patched(patchFile(path, how.folder), onto, how, via);
  return edits === undefined ? release : withVariant(release, edits, `${release.id}[${edits}]`);
}

/**
 * The release that a reference names: one of the model, such as `v6.12` or `v5.1[early=off]`; the file of a
 * patch, `patches/x.json`, on the base that it names; or on another one, `patches/x.json@v7.0`. Throws
 * UnknownRelease, and BadInput for what is wrong in a file.
 *
 * The id of a release is a reference to it, wherever it was read from.
 */
export function releaseOfReference(ref: string, how: Reading): Release {
  // Read once, so that a file that is changed meanwhile does not make two releases of one id.
  const key = JSON.stringify([ref, how.folder, how.modules]);
  return remembered(known, key, () => resolved(ref, how, []));
}
