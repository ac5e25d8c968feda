/** Ways in which attackers vary the passwords that they try first. */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const CORE_CHARACTERS_MIN = 4;
const DISTINCT_CHARACTERS_MIN = 5;
const OWN_WORD_CHARACTERS_MIN = 4;
/** What a password holds besides a word of its owner's must be as long as this. */
const REST_CHARACTERS_MIN = 8;

/**
 * Whether a password is among those tried first: a leaked one, also repeated, decorated with digits and signs, or written with
 * digits for letters; one of few different characters or without a letter; the owner's own words and hardly more.
 * @param common leaked passwords, lower case
 * @param ownWords the address and the names that go with the password
 */
export function isEasilyGuessed(password: string, common: ReadonlySet<string>, ownWords: readonly string[]): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  if (new Set(lower).size < DISTINCT_CHARACTERS_MIN || !/\p{L}/u.test(lower)) return true;
  const unit = repeatedUnit(lower);
  return [lower, unit].some((text) => isCommon(text, common)) || isOwn(lower, ownWords);
}

function isCommon(text: string, common: ReadonlySet<string>): boolean {
  const core = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return [text, core, repeatedUnit(core), lettersOf(text), lettersOf(core)].some(
    (form) => form.length >= CORE_CHARACTERS_MIN && common.has(form),
  );
}

function lettersOf(text: string): string {
  return text.replace(/[013457@$!]/g, (sign) => LEET[sign]!);
}

/** `abcabc` is `abc`, twice. */
function repeatedUnit(text: string): string {
  const at = (text + text).indexOf(text, 1);
  return at < text.length ? text.slice(0, at) : text;
}

function isOwn(lower: string, ownWords: readonly string[]): boolean {
  const words = ownWords
    .flatMap((word) => [word, ...word.split(/[@\s._+-]+/)])
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= OWN_WORD_CHARACTERS_MIN);
  return words.some((word) => lower.includes(word) && lower.replace(word, '').length < REST_CHARACTERS_MIN);
}
