import { relyingPartyOf } from './relying-party';

test.each([
  [
    'https://video.example.com/',
    { id: 'video.example.com', name: 'US Video API', origin: 'https://video.example.com' },
  ],
  ['http://localhost:8080', { id: 'localhost', name: 'US Video API', origin: 'http://localhost:8080' }],
  ['http://127.0.0.1:8080', undefined],
  ['https://[::1]/', undefined],
  ['http://video.example.com', undefined],
])('passkeys at %s are for %j', (url, party) => expect(relyingPartyOf(url)).toEqual(party));
