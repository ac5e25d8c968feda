/** What a scenario asks of the proxy, as it stands in the path: `answer;status=429;code=rate_limit_exceeded;times=2`. */
export interface Fault {
  readonly kind: Kind;
  /** How many requests of its kind it touches. */
  readonly times: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly code: string;
}

const KINDS = {
  pass: [],
  answer: ['status', 'times'],
  drop: ['times'],
  delay: ['ms', 'times'],
  'cut-stream': ['events', 'times'],
  'no-stream': [],
  'cut-file': ['bytes', 'times'],
} as const satisfies Record<string, readonly string[]>;

type Kind = keyof typeof KINDS;

/** @throws when the kind is unknown or a number of it is absent. */
export function parseFault(text: string): Fault {
  const [kind = '', ...pairs] = text.split(';');
  if (!(kind in KINDS)) throw new Error(`the stand knows no fault ${kind}`);
  const members = Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
  const { code = '', ...rest } = members;
  const numbers = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, Number(value)]));
  for (const name of KINDS[kind as Kind])
    if (!Number.isInteger(numbers[name])) throw new Error(`the fault ${kind} needs ${name}`);
  return { kind: kind as Kind, times: numbers.times ?? Infinity, numbers, code };
}
