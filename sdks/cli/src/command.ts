import { parseArgs } from 'node:util';
import type { USVideo } from '../../typescript/src/index.ts';
import { UsageError } from './exit.ts';
import type { Screen } from './screen.ts';

export interface Option {
  readonly help: string;
  /** Absent: a switch. */
  readonly value?: string;
  readonly short?: string;
  readonly multiple?: true;
  /** What the shell may offer, and nothing else is accepted. */
  readonly choices?: readonly string[];
}

export interface Given {
  /** The words after the command, in order. */
  readonly words: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  isSet(name: string): boolean;
  /** @throws UsageError when it is no integer. */
  integer(name: string): number | undefined;
}

export interface Run extends Given {
  /** Made when it is first asked for, so that what needs no key asks for none. */
  readonly client: () => USVideo;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

export interface Command {
  readonly summary: string;
  /** Such as `ID`, or `[ID]` when it may be left out. */
  readonly words?: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly run: (run: Run) => Promise<void>;
}

/** Understood by every command. */
export const EVERYWHERE: Readonly<Record<string, Option>> = {
  json: { help: 'print JSON, and nothing else, to standard output' },
  'base-url': { help: 'where the platform is (USVIDEO_BASE_URL, else what login stored)', value: 'URL' },
  'api-key': { help: 'which key (USVIDEO_API_KEY, else what login stored)', value: 'KEY' },
  help: { help: 'what the command takes', short: 'h' },
};

/** @throws UsageError that says what is wrong. */
export function parse(name: string, command: Command, args: readonly string[]): Given {
  const options = { ...command.options, ...EVERYWHERE };
  const config = Object.fromEntries(
    Object.entries(options).map(([option, { value, short, multiple }]) => [
      option,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
        ...(multiple === undefined ? {} : { multiple }),
      },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: config, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. To specify')[0]);
  }
  const { values, positionals } = parsed;
  if (values.help !== true) checkWords(name, command, positionals);
  for (const [option, { choices }] of Object.entries(options)) {
    const wrong = [values[option] ?? []]
      .flat()
      .find((value) => choices !== undefined && !choices.includes(String(value)));
    if (wrong !== undefined) throw new UsageError(`--${option} is one of ${choices!.join(', ')}, not ${String(wrong)}`);
  }
  return givenOf(positionals, values);
}

function checkWords(name: string, { words = [] }: Command, positionals: readonly string[]): void {
  const needed = words.filter((word) => !word.startsWith('['));
  if (positionals.length < needed.length) throw new UsageError(`usvideo ${name} needs ${needed[positionals.length]}`);
  if (positionals.length > words.length)
    throw new UsageError(`usvideo ${name} does not take ${positionals[words.length]} (quote a text of several words)`);
}

function givenOf(words: readonly string[], values: Readonly<Record<string, unknown>>): Given {
  const texts = (name: string) => [values[name] ?? []].flat().map(String);
  return {
    words,
    texts,
    text: (name) => texts(name)[0],
    isSet: (name) => values[name] === true,
    integer: (name) => {
      const text = texts(name)[0];
      if (text === undefined) return undefined;
      if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${name} is a whole number, not ${text}`);
      return Number(text);
    },
  };
}

export function helpOf(name: string, { summary, words = [], options = {} }: Command): string {
  const lines = Object.entries({ ...options, ...EVERYWHERE }).map(([option, { help, value, short, choices }]) => {
    const names = `${short === undefined ? '    ' : `-${short}, `}--${option}${value === undefined ? '' : ` ${choices?.join('|') ?? value}`}`;
    return `  ${names.padEnd(36)} ${help}`;
  });
  return `${summary}\n\nusvideo ${[name, ...words].join(' ')} [options]\n\n${lines.join('\n')}\n`;
}
