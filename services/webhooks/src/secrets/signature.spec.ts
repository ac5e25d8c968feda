import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { signedHeaders } from './signature';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const body = Buffer.from('{"event":"video.completed","prompt":"ein Bär, 🐻"}');
const headers = () => signedHeaders({ current: secret }, { eventId: 'evt_1', body, sentAt: new Date() });

test('the official Standard Webhooks verifier accepts it', () => {
  expect(new Webhook(secret).verify(body, headers())).toEqual(JSON.parse(body.toString()));
});

test('the official verifier refuses another body, another id, another secret and an old message', () => {
  const verifier = new Webhook(secret);
  expect(() => verifier.verify('{"event":"video.failed"}', headers())).toThrow('No matching signature');
  expect(() => verifier.verify(body, { ...headers(), 'webhook-id': 'evt_2' })).toThrow('No matching signature');
  expect(() => new Webhook(`whsec_${randomBytes(32).toString('base64')}`).verify(body, headers())).toThrow(
    'No matching signature',
  );
  const old = signedHeaders({ current: secret }, { eventId: 'evt_1', body, sentAt: new Date(Date.now() - 600_000) });
  expect(() => verifier.verify(body, old)).toThrow('too old');
});

test('X-Signature is the hex HMAC of the body under the whole secret as text', () => {
  expect(headers()['x-signature']).toBe(createHmac('sha256', secret).update(body).digest('hex'));
});

test('a known message has a known signature', () => {
  const known = signedHeaders(
    { current: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    {
      eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: Buffer.from('{"test": 2432232314}'),
      sentAt: new Date(1_614_265_330_000),
    },
  );
  expect(known['webhook-timestamp']).toBe('1614265330');
  expect(known['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('while a rotated secret ends, receivers with the old and with the new one accept it by either way', () => {
  const next = `whsec_${randomBytes(32).toString('base64')}`;
  const both = signedHeaders({ current: next, previous: secret }, { eventId: 'evt_1', body, sentAt: new Date() });
  for (const known of [secret, next])
    expect(new Webhook(known).verify(body, both)).toEqual(JSON.parse(body.toString()));
  expect(both['x-signature']).toBe(createHmac('sha256', secret).update(body).digest('hex'));
  expect(both['x-signature-next']).toBe(createHmac('sha256', next).update(body).digest('hex'));
});

interface Vector {
  current: string;
  previous?: string;
  body: string;
  headers: Record<string, string>;
}

const vectors = JSON.parse(readFileSync(join(__dirname, '..', '..', 'signatures.json'), 'utf8')) as Vector[];

/** Made by another implementation (Python's hmac), so that a mistake here is not a mistake there. */
test.each(vectors)(
  'a known message has its known headers, which the official verifier takes: $headers.webhook-id',
  ({ body: text, headers: expected, ...secrets }) => {
    const sentAt = new Date(Number(expected['webhook-timestamp']) * 1_000);
    expect(signedHeaders(secrets, { eventId: expected['webhook-id']!, body: Buffer.from(text), sentAt })).toEqual(
      expected,
    );
    jest.useFakeTimers({ now: sentAt });
    for (const known of Object.values(secrets as Record<string, string>))
      expect(new Webhook(known).verify(text, expected)).toEqual(JSON.parse(text));
    jest.useRealTimers();
  },
);
