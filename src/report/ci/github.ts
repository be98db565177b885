import type { Case, CasesReport, CheckCases } from './case.js';
import { specPath } from './spec-path.js';

/** As the runner takes them back: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
const data = (value: string): string =>
  value.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

const property = (value: string): string => data(value).replace(/:/g, '%3A').replace(/,/g, '%2C');

function annotation(one: Case, { path }: CheckCases, root: string): string {
  const level = one.state === 'unexpected' ? 'error' : 'warning';
  const { line, column } = one.place;
  const at = { file: specPath(path, root), line, col: column, title: one.name };
  const properties = Object.entries(at).map(([name, value]) => `${name}=${property(`${value}`)}`);
  const message = [one.says, one.details].filter((part) => part !== '').join('\n\n');
  return `::${level} ${properties.join(',')}::${data(message)}`;
}

/** Annotations of GitHub Actions, a line each: an error for what is unexpected, a warning for what was not finished. */
export const githubAnnotations = ({ checks, root }: CasesReport): string[] =>
  checks.flatMap((check) =>
    check.cases
      .filter(({ state }) => state !== 'as expected')
      .map((one) => annotation(one, check, root)),
  );
