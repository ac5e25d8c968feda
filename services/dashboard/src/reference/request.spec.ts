import { execFileSync } from 'node:child_process';
import { pythonOf, requestSnippets } from './request';

const request = {
  method: 'POST',
  path: '/v1/videos',
  headers: { Authorization: 'Bearer usv_test_1' },
  body: { prompt: 'it\'s "5 o\'clock" `now`', seed: null, loop: true },
};
const codeOf = (language: string, given: typeof request | Omit<typeof request, 'body'> = request) =>
  requestSnippets('https://api.example.com', given).find((each) => each.language === language)!.code;

describe('code to copy', () => {
  it('keeps every quote of a prompt in the shell', () => {
    const seen = execFileSync('bash', ['-c', `curl() { printf '%s\\0' "$@"; }\n${codeOf('curl')}`], {
      encoding: 'utf8',
    }).split('\0');
    expect(JSON.parse(seen[seen.indexOf('-d') + 1]!)).toEqual(request.body);
    expect(seen).toEqual(
      expect.arrayContaining(['https://api.example.com/v1/videos', 'Authorization: Bearer usv_test_1']),
    );
  });

  it('writes what Python writes otherwise', () => {
    expect(pythonOf({ a: [true, false, null], b: 'true' })).toBe('{"a": [True, False, None], "b": "true"}');
    expect(codeOf('Python')).toContain('method="POST"');
  });

  it('imports in Go only what it uses', () => {
    expect(codeOf('Go')).toContain('"strings"');
    expect(codeOf('Go', { method: 'GET', path: '/v1/balance', headers: {} })).not.toContain('strings');
  });

  it('of a read names no method and sends no body', () => {
    for (const { code } of requestSnippets('https://api.example.com', {
      method: 'GET',
      path: '/v1/balance',
      headers: {},
    }))
      expect(code).not.toMatch(/-X|method=|method:|JSON\.stringify|json\.dumps/);
  });
});
