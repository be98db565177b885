import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { placesIn } from '../../src/input/places.js';

/** Every value in a value, with its path as messages write it. */
function* valuesIn(value: unknown, path = ''): Generator<[string, unknown]> {
  yield [path, value];
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* valuesIn(item, `${path}[${i}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* valuesIn(item, `${path}.${key}`);
  }
}

/** What begins at a place: text from there on. */
const from = (text: string, { line, column }: { line: number; column: number }): string =>
  text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);

describe('places of values in JSON', () => {
  test('lines and columns are those of an editor', () => {
    const text = '{\n  "checks": [\n    { "title": "a\\"b[{", "n": 1 },\n\t-2.5e3]\n}\n';
    const places = placesIn(text);
    expect(Object.fromEntries(places)).toEqual({
      '': { line: 1, column: 1 },
      '.checks': { line: 2, column: 13 },
      '.checks[0]': { line: 3, column: 5 },
      '.checks[0].title': { line: 3, column: 16 },
      '.checks[0].n': { line: 3, column: 31 },
      '.checks[1]': { line: 4, column: 2 },
    });
  });

  const keys = fc.stringMatching(/^[a-z]{1,3}$/);
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 0 }), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  })).value;

  test.prop([json, fc.constantFrom(0, 2, '\t')])(
    'each value begins where it is said to',
    (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const places = placesIn(text);
      const all = [...valuesIn(JSON.parse(text))];
      expect([...places.keys()].sort()).toEqual(all.map(([path]) => path).sort());
      for (const [path, one] of all) {
        const place = places.get(path);
        const rest = place === undefined ? '' : from(text, place).replace(/\s+/g, '');
        expect(rest.startsWith(JSON.stringify(one).replace(/\s+/g, ''))).toBe(true);
      }
    },
  );
});
