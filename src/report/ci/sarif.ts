import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Log, Notification, ReportingDescriptor, Result } from 'sarif';
import { invariants } from '../../invariants/index.js';
import { type Case, type CasesReport, type CheckCases, RULES } from './case.js';
import { specPath } from './spec-path.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** What a viewer shows as help: the promise, and where it comes from. */
const RULE_LIST: readonly ReportingDescriptor[] = [
  ...invariants,
  ...Object.entries(RULES).map(([id, rule]) => ({ id, ...rule })),
].map(({ id, statement, source }) => ({
  id,
  shortDescription: { text: statement },
  help: { text: source },
}));

const RULE_INDEX = new Map(RULE_LIST.map(({ id }, i) => [id, i]));

/** A spec below the root by its path from there, which viewers can look up; any other by a file URL. */
function artifact({ path }: CheckCases, root: string): ArtifactLocation {
  const name = specPath(path, root);
  return isAbsolute(name)
    ? { uri: pathToFileURL(name).href }
    : { uri: name.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
}

const located = (one: Case, check: CheckCases, root: string): Pick<Result, 'locations'> => ({
  locations: [
    {
      physicalLocation: {
        artifactLocation: artifact(check, root),
        region: { startLine: one.place.line, startColumn: one.place.column },
      },
    },
  ],
});

const result = (one: Case, check: CheckCases, root: string): Result => ({
  ruleId: one.rule,
  ruleIndex: RULE_INDEX.get(one.rule) ?? -1,
  level: 'error',
  message: { text: [one.says, one.details].filter((part) => part !== '').join('\n\n') },
  ...located(one, check, root),
  // The same expectation is the same result, wherever in the file it moves to.
  partialFingerprints: { 'expectation/v1': [check.file, check.title, one.name].join(' / ') },
});

/** No result, since nothing was found; but the run did not do what it was to do. */
const notification = (one: Case, check: CheckCases, root: string): Notification => ({
  level: 'warning',
  associatedRule: { id: one.rule, index: RULE_INDEX.get(one.rule) ?? -1 },
  message: { text: one.says },
  ...located(one, check, root),
});

/** The cases in this state, each turned into something. */
const casesIn = <T>(
  { checks, root }: CasesReport,
  state: Case['state'],
  of: (one: Case, check: CheckCases, root: string) => T,
): T[] =>
  checks.flatMap((check) =>
    check.cases.filter((one) => one.state === state).map((one) => of(one, check, root)),
  );

/** A SARIF 2.1.0 log: the invariants as rules, a result for each expectation that is not met, at its place in the spec. */
export function sarifLog(report: CasesReport): string {
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'mremap-check', version: report.version, rules: [...RULE_LIST] },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: report.complete,
            toolExecutionNotifications: casesIn(report, 'unfinished', notification),
          },
        ],
        results: casesIn(report, 'unexpected', result),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
