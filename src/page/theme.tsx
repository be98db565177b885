import { useState } from 'preact/hooks';

const THEMES = ['auto', 'light', 'dark'] as const;

/** Light or dark, or as the reader's system has it. */
export function Theme() {
  const [theme, setTheme] = useState<(typeof THEMES)[number]>('auto');
  return (
    <label>
      colours{' '}
      <select
        value={theme}
        onChange={(event) => {
          const wanted = THEMES.find((one) => one === event.currentTarget.value) ?? 'auto';
          document.documentElement.dataset['theme'] = wanted;
          setTheme(wanted);
        }}
      >
        {THEMES.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}
