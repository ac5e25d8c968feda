// The matchers and references of sdks/README.md.
import { isDeepStrictEqual } from 'node:util';

const OPERATORS = {
  $matches: (value, expression) => typeof value === 'string' && new RegExp(expression).test(value),
  $type: (value, type) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value) === type,
  $gte: (value, bound) => typeof value === 'number' && value >= bound,
  $lte: (value, bound) => typeof value === 'number' && value <= bound,
  $length: (value, matcher) => value?.length !== undefined && matches(value.length, matcher),
  $every: (value, matcher) => Array.isArray(value) && value.length > 0 && value.every((item) => matches(item, matcher)),
  $some: (value, matcher) => Array.isArray(value) && value.some((item) => matches(item, matcher)),
  $not: (value, matcher) => !matches(value, matcher),
  $one_of: (value, matchers) => matchers.some((matcher) => matches(value, matcher)),
};

export function matches(value, matcher) {
  if (Array.isArray(matcher))
    return (
      Array.isArray(value) &&
      value.length === matcher.length &&
      matcher.every((each, index) => matches(value[index], each))
    );
  if (typeof matcher !== 'object' || matcher === null) return isDeepStrictEqual(value, matcher);
  const names = Object.keys(matcher);
  if (names.length === 1 && names[0].startsWith('$')) {
    const operator = OPERATORS[names[0]];
    if (!operator) throw new Error(`unknown matcher ${names[0]}`);
    return operator(value, matcher[names[0]]);
  }
  return typeof value === 'object' && value !== null && names.every((name) => matches(value[name], matcher[name]));
}

const REFERENCE = /\$\{([\w.-]+)\}/g;

/** Puts in what the references stand for. */
export function resolve(given, saved) {
  if (Array.isArray(given)) return given.map((item) => resolve(item, saved));
  if (typeof given === 'object' && given !== null)
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, resolve(value, saved)]));
  if (typeof given !== 'string') return given;
  const whole = /^\$\{([\w.-]+)\}$/.exec(given);
  return whole ? lookUp(whole[1], saved) : given.replace(REFERENCE, (_, path) => String(lookUp(path, saved)));
}

function lookUp(path, saved) {
  const value = path.split('.').reduce((from, name) => from?.[name], saved);
  if (value === undefined) throw new Error(`nothing is saved under ${path}`);
  return value;
}
