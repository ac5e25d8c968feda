import { csvLine, prefersCsv } from './csv';

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@sum', "'@sum"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['\n=x', '"\'\n=x"'],
  ['＝1+1', "'＝1+1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠sum', "'＠sum"],
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['', ''],
  ['Zoë', 'Zoë'],
])('writes %j as %j', (text, cell) => expect(csvLine([text])).toBe(`${cell}\r\n`));

it('writes numbers as they are and nothing for null', () =>
  expect(csvLine(['a', -1.5, 9_007_199_254_740_993n, null, 'b'])).toBe('a,-1.5,9007199254740993,,b\r\n'));

it.each([
  ['text/csv', true],
  ['text/csv; charset=utf-8', true],
  ['TEXT/CSV', true],
  ['application/json, text/csv;q=0.5', false],
  ['text/csv, application/json', true],
  ['text/csv;q=0', false],
  ['*/*', false],
  [undefined, false],
  ['text/html, text/csv;q=0.3', true],
])('Accept %j asks for CSV: %s', (accept, asked) => expect(prefersCsv(accept)).toBe(asked));
