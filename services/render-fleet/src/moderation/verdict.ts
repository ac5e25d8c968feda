interface Result {
  readonly flagged?: unknown;
  readonly categories?: unknown;
}

const CATEGORIES_MAX = 20;

/**
 * The categories for which an answer of the moderation protocol (https://platform.openai.com/docs/api-reference/moderations) flags
 * any of what was asked; undefined: none. @throws RangeError when it is no such answer, which allows nothing.
 */
export function flaggedIn(answer: unknown): readonly string[] | undefined {
  const results: unknown = (answer as { results?: unknown } | null)?.results;
  if (!Array.isArray(results) || results.length === 0) throw new RangeError('the moderation answered without results');
  const judged = results as readonly (Result | null)[];
  if (judged.some((result) => typeof result?.flagged !== 'boolean'))
    throw new RangeError('the moderation answered without flagged');
  const flagged = judged.filter((result) => result?.flagged === true);
  if (flagged.length === 0) return undefined;
  const names = flagged.flatMap((result) =>
    Object.entries((result?.categories ?? {}) as Record<string, unknown>).flatMap(([name, is]) => (is ? [name] : [])),
  );
  return [...new Set(names)].slice(0, CATEGORIES_MAX);
}
