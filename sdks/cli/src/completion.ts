import type { Command } from './command.ts';
import { EVERYWHERE } from './command.ts';

export type Commands = Readonly<Record<string, Command>>;

type Script = (
  words: ReadonlyMap<string, readonly string[]>,
  choices: ReadonlyMap<string, readonly string[]>,
) => string;

/** Made from the table of commands: what they take is offered, and no more. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  bash: (words, choices) => `_usvideo() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case "$word" in -*) ;; *) command="\${command:+$command }$word" ;; esac; done
  local offered=""
  case "$previous" in
${[...choices].map(([option, values]) => `    --${option}) offered="${values.join(' ')}" ;;`).join('\n')}
    -o|--output|--first-frame) COMPREPLY=( $(compgen -f -- "$current") ); return ;;
    *) case "$command" in
${[...words]
  .sort(([one], [other]) => other.length - one.length)
  .map(([command, offers]) => `      ${command === '' ? '""' : `"${command}"*`}) offered="${offers.join(' ')}" ;;`)
  .join('\n')}
    esac ;;
  esac
  COMPREPLY=( $(compgen -W "$offered" -- "$current") )
}
complete -F _usvideo usvideo
`,
  zsh: (words, choices) => `#compdef usvideo
autoload -U +X bashcompinit && bashcompinit
${SCRIPTS.bash!(words, choices)}`,
  fish: (words) => `complete -c usvideo -f
${[...words]
  .flatMap(([command, offers]) =>
    offers.map((offer) => {
      const when = command === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${command.split(' ')[0]}`;
      return `complete -c usvideo -n "${when}" ${offer.startsWith('--') ? `-l ${offer.slice(2)}` : `-a ${offer}`}`;
    }),
  )
  .join('\n')}
`,
};

export const SHELLS = Object.keys(SCRIPTS);

export function completionOf(shell: string, commands: Commands): string {
  const words = new Map<string, string[]>([['', []]]);
  const choices = new Map<string, readonly string[]>();
  for (const [name, { options = {} }] of Object.entries(commands)) {
    const all = { ...options, ...EVERYWHERE };
    words.set(name, [...(words.get(name) ?? []), ...Object.keys(all).map((option) => `--${option}`)]);
    const [first, second] = name.split(' ');
    if (second === undefined) words.get('')!.push(first!);
    else words.get(first!)?.push(second);
    for (const [option, { choices: values }] of Object.entries(all))
      if (values) choices.set(option, [...new Set([...(choices.get(option) ?? []), ...values])]);
  }
  return SCRIPTS[shell]!(words, choices);
}
