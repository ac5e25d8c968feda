import { createHmac, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { signedHeaders } from './signature';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const body = Buffer.from('{"event":"video.completed","prompt":"ein Bär, 🐻"}');
const headers = () => signedHeaders(secret, { eventId: 'evt_1', body, sentAt: new Date() });

test('the official Standard Webhooks verifier accepts it', () => {
  expect(new Webhook(secret).verify(body, headers())).toEqual(JSON.parse(body.toString()));
});

test('the official verifier refuses another body, another id, another secret and an old message', () => {
  const verifier = new Webhook(secret);
  expect(() => verifier.verify('{"event":"video.failed"}', headers())).toThrow('No matching signature');
  expect(() => verifier.verify(body, { ...headers(), 'webhook-id': 'evt_2' })).toThrow('No matching signature');
  expect(() => new Webhook(`whsec_${randomBytes(32).toString('base64')}`).verify(body, headers())).toThrow('No matching signature');
  const old = signedHeaders(secret, { eventId: 'evt_1', body, sentAt: new Date(Date.now() - 600_000) });
  expect(() => verifier.verify(body, old)).toThrow('too old');
});

test('X-Signature is the hex HMAC of the body under the whole secret as text', () => {
  expect(headers()['x-signature']).toBe(createHmac('sha256', secret).update(body).digest('hex'));
});

test('a known message has a known signature', () => {
  const known = signedHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
    eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: Buffer.from('{"test": 2432232314}'), sentAt: new Date(1_614_265_330_000),
  });
  expect(known['webhook-timestamp']).toBe('1614265330');
  expect(known['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});
