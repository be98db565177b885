import { BadInput } from './bad-input.js';
import { CONTROL, shown } from './shown.js';

/** Deeper than anything that is asked for or written here, and far from what recursion can take. */
const DEEPEST = 100;

function checkText(text: unknown, place: string): void {
  if (typeof text !== 'string' || text.search(CONTROL) < 0) return;
  throw new BadInput(`${place}: found ${shown(text)}, expected text without control characters`);
}

/**
 * Throws BadInput for JSON that is no good, whatever it is of: nested too deep for the recursion of who
 * reads it, or with texts that would be commands to the terminal that shows them.
 *
 * @param where names the file (and line) in the message
 */
export function checkJson(whole: unknown, where: string): void {
  checkText(whole, where);
  // The list grows as it is gone through.
  const values = [{ value: whole, path: '', depth: 0 }];
  for (const { value, path, depth } of values) {
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEEPEST) {
      throw new BadInput(
        `${where}: found JSON nested more than ${DEEPEST} deep, expected at most that`,
      );
    }
    for (const [key, part] of Object.entries(value)) {
      const place = path + (Array.isArray(value) ? `[${key}]` : `.${key}`);
      checkText(key, `${where}: ${path === '' ? 'the value' : path}`);
      checkText(part, `${where}: ${place}`);
      if (typeof part === 'object') values.push({ value: part, path: place, depth: depth + 1 });
    }
  }
}
