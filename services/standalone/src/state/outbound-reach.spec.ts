import { reachOf } from './outbound-reach';

const opened = { OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8,::1/128', OUTBOUND_FORBIDDEN_PORTS: '8080,8082' };

test.each([
  ['on a laptop', { HOST: '127.0.0.1', REGISTRATION: 'open' }, opened],
  ['on a server that takes no strangers', { HOST: '0.0.0.0', REGISTRATION: 'closed' }, opened],
  ['on a server that does', { HOST: '0.0.0.0', REGISTRATION: 'open' }, {}],
  [
    'behind a proxy of the same machine',
    { HOST: '127.0.0.1', REGISTRATION: 'open', PUBLIC_URL: 'https://api.example.com' },
    {},
  ],
  [
    'where the operator says otherwise',
    { HOST: '127.0.0.1', REGISTRATION: 'closed', OUTBOUND_ALLOW_CIDRS: '10.0.0.0/8' },
    {},
  ],
])('%s', (_, settings, expected) => {
  expect(reachOf(settings, [8080, 8082])).toEqual(expected);
});
