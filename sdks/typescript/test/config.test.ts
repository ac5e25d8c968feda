import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configure } from '../src/config.ts';

test('the address and the key are asked for by name', () => {
  delete process.env.USVIDEO_BASE_URL;
  delete process.env.USVIDEO_API_KEY;
  assert.throws(() => configure({ apiKey: 'k' }), { code: 'invalid_configuration', message: /USVIDEO_BASE_URL/ });
  assert.throws(() => configure({ baseUrl: 'http://h' }), {
    code: 'invalid_configuration',
    message: /USVIDEO_API_KEY/,
  });
});

test('they may come from the environment; an argument wins', () => {
  Object.assign(process.env, { USVIDEO_BASE_URL: 'https://one.example/', USVIDEO_API_KEY: 'env_key' });
  assert.deepEqual([configure({}).baseUrl, configure({}).apiKey], ['https://one.example', 'env_key']);
  assert.deepEqual(
    [configure({ baseUrl: 'https://two.example', apiKey: 'own' }).baseUrl, configure({ apiKey: 'own' }).apiKey],
    ['https://two.example', 'own'],
  );
});

test('a base URL may have a path, and may end with /v1', () => {
  assert.equal(configure({ baseUrl: 'https://h/video//', apiKey: 'k' }).baseUrl, 'https://h/video');
  assert.equal(configure({ baseUrl: 'https://h/v1', apiKey: 'k' }).baseUrl, 'https://h');
  for (const baseUrl of ['h.example', 'ftp://h', 'https://h?x=1', 'https://'])
    assert.throws(() => configure({ baseUrl, apiKey: 'k' }), { code: 'invalid_configuration' });
});

test('a key that no header can hold is refused without showing it', () => {
  assert.throws(
    () => configure({ baseUrl: 'https://h', apiKey: 'secret\nkey' }),
    (error: Error) => !error.message.includes('secret'),
  );
});

test('numbers that make no sense are refused', () => {
  for (const options of [{ maxRetries: -1 }, { maxRetries: 1.5 }, { timeoutMs: 0 }]) {
    assert.throws(() => configure({ baseUrl: 'https://h', apiKey: 'k', ...options }), {
      code: 'invalid_configuration',
    });
  }
});
