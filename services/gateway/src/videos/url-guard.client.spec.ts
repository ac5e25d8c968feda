import { UrlGuard } from './url-guard.client';

it('asks about a URL once in half a minute', async () => {
  let asked = 0;
  const guard = new UrlGuard({ refusalOf: async (url) => { asked++; return url.includes('bad') ? 'it is bad' : undefined; } });
  expect([await guard.refusalOf('https://good'), await guard.refusalOf('https://good'), asked]).toEqual([undefined, undefined, 1]);
  expect([await guard.refusalOf('https://bad'), await guard.refusalOf('https://bad'), asked]).toEqual(['it is bad', 'it is bad', 2]);
});
