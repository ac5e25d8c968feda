import { flaggedIn } from './verdict';

it('flags nothing where nothing is flagged', () => {
  expect(flaggedIn({ results: [{ flagged: false, categories: { violence: false } }] })).toBeUndefined();
});

it('names what any of several results is flagged for', () => {
  const results = [
    { flagged: false, categories: { hate: true } },
    { flagged: true, categories: { violence: true, hate: false } },
    { flagged: true, categories: { violence: true, sexual: true } },
  ];
  expect(flaggedIn({ results })).toEqual(['violence', 'sexual']);
  expect(flaggedIn({ results: [{ flagged: true }] })).toEqual([]);
});

it.each([null, 'yes', {}, { results: [] }, { results: [null] }, { results: [{ flagged: 'no' }] }, { results: [{}] }])(
  'takes %j for no answer',
  (answer) => {
    expect(() => flaggedIn(answer)).toThrow(RangeError);
  },
);
