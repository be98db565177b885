import {
  Argument as CliArgument,
  Command as CliCommand,
  Option as CliOption,
  InvalidArgumentError,
} from 'commander';
import {
  type Argument,
  argumentUsage,
  type Command,
  type Example,
  type Option,
  optionUsage,
  type Values,
} from '../commands/command.js';
import { COMMANDS, EXIT_CODES } from '../commands/table.js';
import { wrapped } from '../report/wrap.js';
import { ACTIONS, type Action } from './actions.js';
import type { Exit } from './exit.js';

/** A whole number within bounds, or a message of usage. */
const whole =
  ([least, most]: readonly [number, number]) =>
  (text: string): number => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count < least || count > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return count;
  };

const isList = (values: Values | undefined): values is readonly string[] => Array.isArray(values);

function optionOf(option: Option): CliOption {
  const made = new CliOption(optionUsage(option), option.says);
  if (option.required === true) made.makeOptionMandatory();
  if (option.whole !== undefined) made.argParser(whole(option.whole));
  if (option.default !== undefined) made.default(option.default);
  if (option.notWith !== undefined) made.conflicts(option.notWith);
  return isList(option.values) ? made.choices(option.values) : made;
}

function argumentOf(argument: Argument): CliArgument {
  const made = new CliArgument(argumentUsage(argument), argument.says);
  return isList(argument.values) ? made.choices(argument.values) : made;
}

const WIDTH = 80;

/** Examples as help shows them, the first thing that one looks for. */
function examplesText(examples: readonly Example[]): string {
  const wide = Math.max(...examples.map(({ args }) => args.length));
  const besides = examples.every(({ says }) => `  mremap-check  ${says}`.length + wide < WIDTH);
  const lines = examples.map(({ args, says }) =>
    besides
      ? `  mremap-check ${args.padEnd(wide)}  ${says}`
      : `  mremap-check ${args}\n      ${says}`,
  );
  return `Examples:\n${lines.join('\n')}\n`;
}

/** Where most people begin. */
const beginning = (): readonly Example[] =>
  COMMANDS.flatMap(({ first, examples }: Command) => (first === true ? (examples[0] ?? []) : []));

const exitCodes = (): string => {
  const lines = EXIT_CODES.map(
    (says, code) => `  ${code}${wrapped(says, '     ', WIDTH).slice(3)}`,
  );
  return `\nExit codes:\n${lines.join('\n')}`;
};

const DOCUMENTS = `Documents: docs/spec/README.md, or wherever "mremap-check docs" writes them.`;

function commandOf(
  declared: Command,
  run: (...of: Parameters<Action>) => Promise<void>,
): CliCommand {
  const made = new CliCommand(declared.name)
    .description(declared.says)
    .addHelpText('before', examplesText(declared.examples));
  for (const argument of declared.arguments) made.addArgument(argumentOf(argument));
  for (const option of declared.options) made.addOption(optionOf(option));
  // Behind the arguments commander gives the options and the command.
  return made.action((...given: unknown[]) =>
    run(given.slice(0, -2), given[declared.arguments.length] as object),
  );
}

/** Commander's own shows all of the help for a command that there is not, and does not say so. */
const helpOf = (program: CliCommand): CliCommand =>
  new CliCommand('help')
    .argument('[command]')
    .description('display help for command')
    .helpOption(false)
    .action(async (name: string | undefined) => {
      const asked = name === undefined ? program : program.commands.find((c) => c.name() === name);
      if (asked === undefined) await program.parseAsync([name as string], { from: 'user' });
      else asked.help();
    });

/**
 * The command line as the table declares it.
 *
 * @param done is told how the command that was given went
 */
export function programOf(version: string, done: (exit: Exit) => void): CliCommand {
  const program = new CliCommand('mremap-check')
    .description(
      'An explicit-state model checker for Linux mremap() at the edge of vm.max_map_count.',
    )
    .version(version)
    .addHelpText('before', examplesText(beginning()))
    .addHelpText('after', `${exitCodes()}\n\n${DOCUMENTS}`)
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('(mremap-check --help shows what there is)');
  for (const declared of COMMANDS) {
    const made = commandOf(declared, async (given, flags) =>
      done(await ACTIONS[declared.name](given, flags)),
    );
    // Settings that subcommands made by hand do not inherit.
    program.addCommand(made.copyInheritedSettings(program));
  }
  return program.addCommand(helpOf(program).copyInheritedSettings(program));
}
