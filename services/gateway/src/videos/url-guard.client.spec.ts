import { UrlGuard } from './url-guard.client';

it('asks about a server once in half a minute, whatever the path and query', async () => {
  let asked = 0;
  const guard = new UrlGuard({ refusalOf: async (url) => { asked++; return url.includes('bad') ? 'it is bad' : undefined; } });
  expect([await guard.refusalOf('https://good/a?job=1'), await guard.refusalOf('https://good/b?job=2'), asked]).toEqual([undefined, undefined, 1]);
  expect([await guard.refusalOf('https://bad'), await guard.refusalOf('https://bad'), asked]).toEqual(['it is bad', 'it is bad', 2]);
  expect([await guard.refusalOf('http://good'), await guard.refusalOf('https://good:444'), await guard.refusalOf('https://bad@good'), asked]).toEqual([undefined, undefined, 'it is bad', 5]);
});
