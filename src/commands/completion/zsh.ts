import { type Argument, type Command, type Option, optionFlags } from '../command.js';
import { type KnownWords, type Offer, offerOf, quoted } from './offer.js';

/** Text within a specification of _arguments. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

function zshOffer({ words, files }: Offer): string {
  const actions = [
    ...(words.length > 0 ? [`compadd -- ${words.map((word) => `"${word}"`).join(' ')}`] : []),
    ...(files === 'files' ? ['_files'] : files === 'folders' ? ['_files -/'] : []),
  ];
  return actions.length === 0 ? ' ' : `{${actions.join('; ')}}`;
}

function zshOption(option: Option, known: KnownWords): string[] {
  const { value, many, says } = option;
  const takes = value === undefined ? '' : `:${value}:${zshOffer(offerOf(option.values, known))}`;
  return optionFlags(option).map((flag) =>
    quoted(`${many === true ? '*' : ''}${flag}[${zshText(says)}]${takes}`),
  );
}

const zshArgument = (argument: Argument, known: KnownWords): string =>
  quoted(
    `${argument.may === 'be many' ? '*' : ''}:${argument.name}:${zshOffer(offerOf(argument.values, known))}`,
  );

/** For zsh, in a file of its own in fpath, or sourced. */
export function zsh(commands: readonly Command[], known: KnownWords): string {
  const described = commands.map(({ name, says }) => `    ${quoted(`${name}:${zshText(says)}`)}`);
  const cases = commands.map((command) => {
    const specs = [
      ...command.options.flatMap((option) => zshOption(option, known)),
      ...command.arguments.map((argument) => zshArgument(argument, known)),
    ];
    return `    ${command.name}) _arguments ${["'--help[display help]'", ...specs].join(' \\\n      ')} ;;`;
  });
  return `#compdef mremap-check
# zsh completion for mremap-check
_mremap_check() {
  local -a commands=(
${described.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _mremap_check "$@"; else compdef _mremap_check mremap-check; fi`;
}
