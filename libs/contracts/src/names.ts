/** An enum as it is generated: names by number and numbers by name. */
type GeneratedEnum = Readonly<Record<string, string | number>>;

/** Its names as they are written everywhere else: `rate_limit_exceeded` of RATE_LIMIT_EXCEEDED. */
export type NameOf<Enum> = Exclude<Lowercase<keyof Enum & string>, 'unspecified' | 'unrecognized'>;

type NumberOf<Enum> = Extract<Enum[keyof Enum], number>;

export function numberOf<Enum extends GeneratedEnum>(names: Enum, name: NameOf<Enum>): NumberOf<Enum> {
  return names[name.toUpperCase()] as NumberOf<Enum>;
}

/**
 * The name that a message has by number, or, of a sender of the version before, as text. Undefined where it has neither, and
 * `unknown` for what a newer version says.
 */
export function nameOf<Enum extends GeneratedEnum>(
  names: Enum,
  number: NumberOf<Enum> | undefined,
  text: string,
): NameOf<Enum> | 'unknown' | undefined {
  if (number === undefined || number === 0) return text === '' ? undefined : known(names, text.toUpperCase());
  return known(names, String(names[number]));
}

function known<Enum extends GeneratedEnum>(names: Enum, key: string): NameOf<Enum> | 'unknown' {
  const isName = Object.hasOwn(names, key) && typeof names[key] === 'number' && names[key] > 0;
  return isName ? (key.toLowerCase() as NameOf<Enum>) : 'unknown';
}

/** Both ways of writing a refusal, or that there is none. */
export function refusedAs<Enum extends GeneratedEnum>(
  names: Enum,
  refusal: NameOf<Enum> | undefined,
): { refusal: string; refusalKind: NumberOf<Enum> | undefined } {
  return { refusal: refusal ?? '', refusalKind: refusal === undefined ? undefined : numberOf(names, refusal) };
}

/** Both ways of writing how far something is. */
export function statusAs<Enum extends GeneratedEnum>(
  names: Enum,
  status: NameOf<Enum>,
): { status: NameOf<Enum>; statusKind: NumberOf<Enum> } {
  return { status, statusKind: numberOf(names, status) };
}

/** Why an answer refuses; undefined when it does not. */
export function refusalIn<Enum extends GeneratedEnum>(
  names: Enum,
  answer: { readonly refusal: string; readonly refusalKind?: NumberOf<Enum> | undefined },
): NameOf<Enum> | 'unknown' | undefined {
  return nameOf(names, answer.refusalKind, answer.refusal);
}
