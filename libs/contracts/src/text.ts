/** Text that both ends of a call accept or refuse alike: what the gateway lets through, its peers can hold. */

const CONTROL_OR_LINE_BREAK = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** What is wrong with a name of one line, as the end of a sentence; undefined for a good one. */
export function faultOfLine(value: string, charactersMax: number): string | undefined {
  if (value.trim() === '') return 'must not be blank';
  if (!value.isWellFormed()) return 'must be well-formed Unicode';
  // Length before pattern: a pattern over megabytes holds up everybody.
  if (longerThan(value, charactersMax)) return `must be at most ${charactersMax} characters`;
  if (CONTROL_OR_LINE_BREAK.test(value)) return 'must not contain control characters or line breaks';
  return undefined;
}

/** What is wrong with text of any lines. A NUL cannot be stored and a lone surrogate cannot be encoded: both are refused, not changed silently. */
export function faultOfCharacters(value: string, charactersMax: number): string | undefined {
  if (longerThan(value, charactersMax)) return `must be at most ${charactersMax} characters`;
  if (value.includes('\0')) return 'must not contain a NUL character';
  if (!value.isWellFormed()) return 'must be well-formed Unicode';
  return undefined;
}

export const EMAIL_CHARACTERS_MAX = 254;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

export function faultOfEmail(value: string): string | undefined {
  const good =
    value.length <= EMAIL_CHARACTERS_MAX &&
    value.isWellFormed() &&
    EMAIL.test(value) &&
    !CONTROL_OR_LINE_BREAK.test(value);
  return good ? undefined : 'must be an email address';
}

export const PASSWORD_CHARACTERS_MIN = 12;
export const PASSWORD_CHARACTERS_MAX = 256;

/** Any characters, spaces included; how easily it is guessed is another question. */
export function faultOfPassword(value: string): string | undefined {
  if (!value.isWellFormed()) return 'must be well-formed Unicode';
  if (longerThan(value, PASSWORD_CHARACTERS_MAX)) return `must be at most ${PASSWORD_CHARACTERS_MAX} characters`;
  return longerThan(value, PASSWORD_CHARACTERS_MIN - 1)
    ? undefined
    : `must be at least ${PASSWORD_CHARACTERS_MIN} characters`;
}

/** Counts characters as people do, not the two halves of a rare one; never more of them than the bound asks for. */
function longerThan(value: string, charactersMax: number): boolean {
  if (value.length <= charactersMax) return false;
  if (value.length > 2 * charactersMax) return true;
  return [...value].length > charactersMax;
}
