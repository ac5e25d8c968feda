export interface Mutant {
  readonly id: string;
  /** What breaks when nobody notices. */
  readonly rule: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  /** Patterns of the tests that know the rule. */
  readonly specs: readonly string[];
}

/** @throws unless what the mutant searches for is there once; where its lines are broken does not matter. */
export function mutated(source: string, { id, file, search, replace }: Mutant): string {
  const found = [...source.matchAll(patternOf(search))];
  if (found.length !== 1)
    throw new Error(
      `${id}: what it searches for is ${found.length} times in ${file}: say what the rule looks like there`,
    );
  const [
    {
      0: { length },
      index,
    },
  ] = found as [RegExpExecArray];
  return source.slice(0, index) + replace + source.slice(index + length);
}

function patternOf(search: string): RegExp {
  const tokens = search.match(/\w+|[^\w\s]/g) ?? [];
  const between = (token: string, next: string) =>
    /\w/.test(token) && /\w/.test(next) ? '\\s+' : /[)\]}]/.test(next) ? '\\s*,?\\s*' : '\\s*';
  return new RegExp(
    tokens
      .map((token, index) => (index === 0 ? '' : between(tokens[index - 1]!, token)) + token.replace(/\W/, '\\$&'))
      .join(''),
    'g',
  );
}
