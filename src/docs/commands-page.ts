import {
  type Argument,
  argumentUsage,
  type Command,
  type Option,
  optionUsage,
} from '../commands/command.js';

const needed = (option: Option): string => (option.required === true ? ' (needed)' : '');

const bounds = ({ whole }: Option): string =>
  whole === undefined ? '' : `; from ${whole[0]} to ${whole[1]}`;

const preset = (option: Option): string =>
  option.default === undefined ? '' : ` (default: ${option.default})`;

const choices = ({ values }: Pick<Option, 'values'>): string =>
  Array.isArray(values) ? `; one of ${values.join(', ')}` : '';

/** What an argument is, with all that it may be. */
export const argumentText = (argument: Argument): string => `${argument.says}${choices(argument)}`;

/** The same of an option, with what it is if it is not given. */
export const optionText = (option: Option): string =>
  `${option.says}${choices(option)}${bounds(option)}${preset(option)}`;

const argumentRow = (argument: Argument): string =>
  `| \`${argumentUsage(argument)}\` | ${argumentText(argument)} |`;

const optionRow = (option: Option): string =>
  `| \`${optionUsage(option)}\`${needed(option)} | ${optionText(option)} |`;

/** `mremap-check replay --release <id> <file>`: what must be given, and that there may be more. */
export function usage({ name, arguments: given, options }: Command): string {
  const needed = options.filter(({ required }) => required === true).map(optionUsage);
  const rest = needed.length < options.length ? ['[options]'] : [];
  return ['mremap-check', name, ...needed, ...rest, ...given.map(argumentUsage)].join(' ');
}

function section(command: Command): string {
  const rows = [...command.arguments.map(argumentRow), ...command.options.map(optionRow)];
  const examples = command.examples.map(
    ({ args, says }) => `    # ${says}\n    mremap-check ${args}`,
  );
  return [
    `## ${command.name}`,
    '',
    `    ${usage(command)}`,
    '',
    `${command.says[0]?.toUpperCase()}${command.says.slice(1)}.`,
    '',
    ...(rows.length === 0 ? [] : ['| | |', '| --- | --- |', ...rows, '']),
    examples.join('\n\n'),
  ].join('\n');
}

/** The page of all commands, as Markdown. */
export function commandsPage(commands: readonly Command[], exitCodes: readonly string[]): string {
  return [
    '# Commands',
    '',
    'Made from the table that the command line is parsed by (`src/commands/table.ts`), as are `--help`,',
    '`mremap-check completion` and the manual page. Results go to stdout, all else to stderr.',
    '`NO_COLOR` is honoured. What the commands are about is in [spec](spec/README.md).',
    '',
    ...commands.map((command) => `${section(command)}\n`),
    '## Exit codes',
    '',
    '| code | |',
    '| --- | --- |',
    ...exitCodes.map((says, code) => `| ${code} | ${says} |`),
    '',
    'A reader of the results that leaves early, such as `head`, changes nothing in the code, nor does',
    'progress that cannot be shown. An exploration that nobody reads ends as incomplete.',
    '',
  ].join('\n');
}
