import type { RefObject } from 'preact';

const KEYS: readonly (readonly [string, string])[] = [
  ['Tab', 'from one part of the page to the next'],
  ['← ↑ → ↓', 'from cell to cell in the matrix; Home, End: to the ends of a row'],
  ['Enter', 'opens what is behind a cell'],
  ['→ or j, ← or k', 'a step on, a step back'],
  ['Home, End', 'before the first step, behind the last'],
  ['m', 'every micro-step, or only those that change something'],
  ['c', 'another release beside'],
  ['/', 'search'],
  ['Esc', 'back to the matrix'],
  ['?', 'this'],
];

/** What the keys do, and how the pictures are read. */
export const Help = ({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }) => (
  <dialog ref={dialog} aria-labelledby="help-heading">
    <h2 id="help-heading">Keys</h2>
    <dl class="keys">
      {KEYS.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
    <h2>The picture</h2>
    <p>
      A bar is a VMA, a column a page of the window; addresses and lengths are in pages. The upper
      row is the address space before the call, the lower one as it is now. A dashed box is what the
      last step unmapped, a solid one what it mapped or changed otherwise; where pages are narrow,
      −, + and ≠ stand for these words. A line across marks where a VMA was split or two were
      merged. “data 3” says that here is what was at page 3 before the call. A VMA with # is sealed,
      + locked, ~ registered with userfaultfd.
    </p>
    <p>
      In search, a word such as v6.12 chooses a release: by any kernel that it stands for, such as
      v6.14. A finger that goes sideways over a picture makes a step; one that is wider than the
      screen it scrolls. The address of the page is a link to what it shows.
    </p>
    <form method="dialog">
      <button type="submit">close</button>
    </form>
  </dialog>
);
