import type { Command, Shell } from '../command.js';
import { bash } from './bash.js';
import { fish } from './fish.js';
import type { KnownWords } from './offer.js';
import { zsh } from './zsh.js';

/** A script that completes commands, options and what they may be given. */
export const completionScript = (
  shell: Shell,
  commands: readonly Command[],
  known: KnownWords,
): string => ({ bash, zsh, fish })[shell](commands, known);
