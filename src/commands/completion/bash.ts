import { type Command, optionFlags } from '../command.js';
import { argumentOffer, type KnownWords, type Offer, offerOf, quoted } from './offer.js';

function bashOffer({ words, files }: Offer): string {
  const generate = [
    ...(words.length > 0 ? [`-W ${quoted(words.join(' '))}`] : []),
    ...(files === 'files' ? ['-f'] : files === 'folders' ? ['-d'] : []),
  ];
  return generate.length === 0
    ? 'COMPREPLY=()'
    : `compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen ${generate.join(' ')} -- "$word")`;
}

/** For bash, 4 or later. */
export function bash(commands: readonly Command[], known: KnownWords): string {
  const valued = commands.flatMap(({ name, options }) =>
    options.flatMap((option) =>
      option.value === undefined
        ? []
        : [
            `    ${optionFlags(option)
              .map((flag) => quoted(`${name} ${flag}`))
              .join('|')}) ${bashOffer(offerOf(option.values, known))}; return ;;`,
          ],
    ),
  );
  const plain = commands.map((command) => {
    const names = [...command.options.flatMap(optionFlags), '--help'];
    return `    ${command.name})
      if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W ${quoted(names.join(' '))} -- "$word")
      else ${bashOffer(argumentOffer(command.arguments, known))}; fi ;;`;
  });
  return `# bash completion for mremap-check
_mremap_check() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W ${quoted([...commands.map(({ name }) => name), '--help', '--version'].join(' '))} -- "$word")
    return
  fi
  case "$command $before" in
${valued.join('\n')}
  esac
  case $command in
${plain.join('\n')}
  esac
}
complete -F _mremap_check mremap-check`;
}
