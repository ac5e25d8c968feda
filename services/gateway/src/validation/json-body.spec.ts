import { parseJsonBody } from './json-body';
import { requestHash } from '../videos/request-hash';

describe('a JSON body', () => {
  it.each([
    ['broken JSON', '{"prompt": '],
    ['two values', '{}{}'],
    ['a comment', '{} // no'],
    ['deep nesting', `${'['.repeat(17)}${']'.repeat(17)}`],
    ['endless nesting', '{"a":'.repeat(1_000_000)],
  ])('is refused with %s', (_, text) => {
    expect(() => parseJsonBody(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('is refused when it is not UTF-8', () => {
    expect(() => parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
  });

  it('does not count brackets inside strings', () => {
    const value = { prompt: `${'['.repeat(100)}\\"${'{'.repeat(100)}`, quote: '\\' };
    expect(parseJsonBody(Buffer.from(JSON.stringify(value)))).toEqual(value);
  });

  it('is nothing when it is empty', () => {
    expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined();
  });

  it('never quotes the body in its refusal', () => {
    expect(() => parseJsonBody(Buffer.from('{"secret prompt"'))).toThrow(/^The body is not valid JSON\.$/);
  });
});

describe('a body of 16 MiB', () => {
  const MIB = 1024 * 1024;

  it.each([
    [
      'pairs',
      () => `{"metadata":{${Array.from({ length: 900_000 }, (_, index) => `"k${index}":"v"`).join(',')}}}`,
      /more than 1000 members/,
    ],
    ['empty lists', () => `[${'[],'.repeat(5 * MIB)}[]]`, /more than 1000 members/],
    ['blanks', () => `{"prompt":"x"${' '.repeat(15 * MIB)}}`, /more than 64 KiB outside its texts/],
    ['digits', () => `{"prompt":${'1'.repeat(15 * MIB)}}`, /more than 64 KiB outside its texts/],
    ['escaped quotes', () => `{"prompt":"${'\\"'.repeat(7 * MIB)}"}`, /escaped quotes/],
    ['backslashes', () => `{"prompt":"${'\\\\'.repeat(7 * MIB)}`, /not valid JSON/],
  ])('of %s is refused before it costs anything', (_, body, message) => {
    const bytes = Buffer.from(body());
    const before = process.cpuUsage();
    expect(() => parseJsonBody(bytes)).toThrow(message);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
  });
});

describe('the hash of a request', () => {
  it('is the same whatever the order of keys and the white space', () => {
    expect(requestHash(JSON.parse('{"a":1,"b":{"c":"x","d":[1,2]}}'))).toEqual(
      requestHash(JSON.parse(' {"b": {"d":[1,2],"c":"x"}, "a":1.0, "e": null}')),
    );
  });

  it.each([
    ['another value', { a: 2 }],
    ['a default spelled out', { a: 1, duration: 5 }],
    ['another order in a list', { a: [2, 1] }],
  ])('differs with %s', (_, body) => {
    expect(requestHash(body)).not.toEqual(requestHash({ a: 1 }));
  });
});
