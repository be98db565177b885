import { firstOf } from '../model/releases/index.js';
import { releaseByRef, UnknownRelease } from '../model/releases/variant.js';

/** Whether a name alone tells the release, as one of the model or a variant of it; that of a patch is in files. */
export function isOfModel(id: string): boolean {
  try {
    releaseByRef(id);
    return true;
  } catch (error) {
    if (error instanceof UnknownRelease) return false;
    throw error;
  }
}

/** The id of a release, in which files of patches are named without folders and endings: `x@v7.0`. */
export const withoutFolders = (id: string): string =>
  id
    .split('@')
    .map((part) => part.replace(/^.*\//, '').replace(/\.(json|[cm]?[jt]s)(?=\[|$)/, ''))
    .join('@');

/** As a release is named at the head of a narrow column: by the first kernel that it stands for, without a `v`. */
export const shortName = (id: string): string =>
  firstOf(id) ?? withoutFolders(id).replace(/^v(?=\d)/, '');
