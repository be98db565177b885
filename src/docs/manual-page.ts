import { argumentUsage, type Command, optionUsage } from '../commands/command.js';
import { argumentText, optionText, usage } from './commands-page.js';

/** Text as roff takes it literally. */
const plain = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

const entry = (tag: string, says: string): string[] => ['.TP', `.B ${plain(tag)}`, plain(says)];

const section = (command: Command): string[] => [
  `.SS ${plain(command.name)}`,
  `.B ${plain(usage(command))}`,
  '.PP',
  `${plain(`${command.says[0]?.toUpperCase()}${command.says.slice(1)}`)}.`,
  ...command.arguments.flatMap((one) => entry(argumentUsage(one), argumentText(one))),
  ...command.options.flatMap((one) => entry(optionUsage(one), optionText(one))),
];

/** The manual page, for man(1). */
export function manualPage(commands: readonly Command[], exitCodes: readonly string[]): string {
  return [
    '.TH MREMAP\\-CHECK 1',
    '.SH NAME',
    'mremap\\-check \\- explicit\\-state model checker for Linux mremap() at the edge of vm.max_map_count',
    '.SH SYNOPSIS',
    '.B mremap\\-check',
    '.I command',
    '[options] [arguments]',
    '.SH EXAMPLES',
    ...commands.flatMap(({ examples }) =>
      examples.flatMap(({ args, says }) => entry(`mremap-check ${args}`, says)),
    ),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap((says, code) => entry(String(code), says)),
    '.PP',
    'A reader of the results that leaves early, such as head, changes nothing in the code, nor does progress that cannot be shown. An exploration that nobody reads ends as incomplete.',
    '.SH ENVIRONMENT',
    ...entry('NO_COLOR', 'No colours, if it is set and not empty.'),
    ...entry('FORCE_COLOR', 'Colours where there is no terminal, unless it is 0.'),
    ...entry(
      'MREMAP_CHECK_QUEUE',
      'The queue that --queue env stands for; REDIS_URL where it is not set.',
    ),
    ...entry('GITHUB_ACTIONS', 'If it is true, verify and merge annotate what is not as expected.'),
    '.SH SEE ALSO',
    '.BR mremap (2),',
    '.BR proc_sys_vm (5)',
    '',
  ].join('\n');
}
