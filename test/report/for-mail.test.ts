import { expect, test } from 'vitest';
import { forMail, MAIL } from '../../src/report/for-mail.js';

test('a line that fits stays as it is', () => {
  const line = `  before    ${'|A'.repeat(20)}|   map_count 3 of 4`;
  expect(forMail(`${line}\n\n${line}`)).toBe(`${line}\n\n${line}`);
});

test('a line that grows too long by what is no ASCII is broken between words', () => {
  const words = 'changes that callers can tell';
  expect(forMail(`  v7.1 -> ${'ü'.repeat(9)}.json: ${words}`)).toBe(
    `  v7.1 -> ${'<U+FC>'.repeat(9)}.json:\n  ${words}`,
  );
});

test('a word that is too long is cut', () => {
  const path = 'x'.repeat(MAIL + 5);
  expect(forMail(`Headroom on ${path}`)).toBe(`Headroom on\n${'x'.repeat(MAIL)}\n${'x'.repeat(5)}`);
});
