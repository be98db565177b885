import { changesOf } from '../model/changes.js';
import type { Release } from '../model/release.js';
import { MAIL } from './for-mail.js';
import { isOfModel } from './release-name.js';
import { wrapped } from './wrap.js';

/** What a patch is, and what it edits, since a reader need not have its file; nothing of a release of the model. */
export const patchLines = (release: Release): string[] =>
  isOfModel(release.id)
    ? []
    : [
        wrapped(`${release.id}: ${release.changes}`, '', MAIL),
        ...changesOf(release).map((edit) => `  - ${wrapped(edit, '    ', MAIL).trimStart()}`),
      ];
