import type { Command } from '../command.js';
import { argumentOffer, type KnownWords, type Offer, offerOf, quoted } from './offer.js';

function fishOffer({ words, files }: Offer): string {
  const given = words.length > 0 ? ` -a ${quoted(words.join(' '))}` : '';
  return files === undefined ? ` -f${given}` : ` -F${given}`;
}

/** For fish. */
export function fish(commands: readonly Command[], known: KnownWords): string {
  const names = commands.map(({ name }) => name).join(' ');
  const none = quoted(`not __fish_seen_subcommand_from ${names}`);
  const lines = commands.flatMap(({ name, says, options, arguments: given }) => {
    const on = `complete -c mremap-check -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c mremap-check -n ${none} -f -a ${name} -d ${quoted(says)}`,
      `${on}${fishOffer(argumentOffer(given, known))}`,
      ...options.map((option) => {
        const takes =
          option.value === undefined ? '' : ` -r${fishOffer(offerOf(option.values, known))}`;
        const short = option.short === undefined ? '' : ` -s ${option.short}`;
        return `${on} -l ${option.name}${short}${takes} -d ${quoted(option.says)}`;
      }),
    ];
  });
  return ['# fish completion for mremap-check', ...lines].join('\n');
}
