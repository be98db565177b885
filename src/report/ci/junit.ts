import type { Case, CasesReport, CheckCases } from './case.js';
import { specPath } from './spec-path.js';

/** Characters that XML 1.0 cannot hold at all. */
const IMPOSSIBLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

const text = (value: string): string =>
  value.replace(IMPOSSIBLE, '?').replace(/[&<>]/g, (c) => ENTITIES[c] ?? c);

const attribute = (value: string): string =>
  value.replace(IMPOSSIBLE, '?').replace(/[&<>"\n]/g, (c) => ENTITIES[c] ?? c);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${attribute(`${value}`)}"`)
    .join('');

const count = (cases: readonly Case[], state: Case['state']): number =>
  cases.filter((one) => one.state === state).length;

const counts = (cases: readonly Case[]): Record<string, number> => ({
  tests: cases.length,
  failures: count(cases, 'unexpected'),
  errors: count(cases, 'unfinished'),
});

/** A case without a verdict is an error, since a green run must not come from one that was cut short. */
function testcase(one: Case, { file, path }: CheckCases, root: string): string {
  const head = attributes({ name: one.name, classname: file.replace(/\.json$/, '') });
  if (one.state === 'as expected') return `    <testcase${head}/>`;
  const element = one.state === 'unexpected' ? 'failure' : 'error';
  const why = attributes({ message: one.says, type: one.state });
  const at = `${specPath(path, root)}:${one.place.line}`;
  const body = text([one.says, at, one.details].filter((part) => part !== '').join('\n\n'));
  return `    <testcase${head}>\n      <${element}${why}>${body}</${element}>\n    </testcase>`;
}

function testsuite(check: CheckCases, root: string): string {
  const { file, title, cases } = check;
  const head = attributes({ name: `${file}: ${title}`, ...counts(cases) });
  const lines = cases.map((one) => testcase(one, check, root));
  return [`  <testsuite${head}>`, ...lines, '  </testsuite>'].join('\n');
}

/** JUnit XML as Jenkins and others read it: a suite a check, a test case an expectation. No times, so that equal runs give equal bytes. */
export function junitXml({ checks, root }: CasesReport): string {
  const all = attributes({
    name: 'mremap-check verify',
    ...counts(checks.flatMap(({ cases }) => cases)),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${all}>`,
    ...checks.map((check) => testsuite(check, root)),
    '</testsuites>\n',
  ].join('\n');
}
