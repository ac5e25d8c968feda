import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenApi, tagsOf } from '../reference/document';
import { find, searchIndex, slugOf } from './search-index';

const document = JSON.parse(
  readFileSync(join(__dirname, '..', '..', '..', 'gateway', 'openapi.json'), 'utf8'),
) as OpenApi;
const entries = searchIndex(document, tagsOf(document), [
  {
    name: 'webhooks',
    title: 'Webhooks',
    markdown: '# Webhooks\n\n## Verify what you receive\n\nCompare the signature.\n',
  },
]);
const first = (typed: string) => find(entries, typed)[0];

describe('the search of the documentation', () => {
  it.each([
    ['negative_prompt', 'Field', '/api/videos#createVideo.negative_prompt'],
    ['spend_cap_reached', 'Error', '/errors/spend_cap_reached'],
    ['Create a video', 'Operation', '/api/videos#createVideo'],
    ['signature compare', 'Guide', '/guides/webhooks#verify-what-you-receive'],
    ['engine_error', 'Error', '/errors/engine_error'],
  ])('finds %s', (typed, kind, to) => expect(first(typed)).toMatchObject({ kind, to }));

  it('wants every word, and shows a bounded number', () => {
    expect(find(entries, 'video xyzzy')).toEqual([]);
    expect(find(entries, '  ')).toEqual([]);
    expect(find(entries, 'the').length).toBeLessThanOrEqual(12);
  });

  it('leads to headings as they are named on the page', () =>
    expect(slugOf('Know the price, before!')).toBe('know-the-price-before'));
});
