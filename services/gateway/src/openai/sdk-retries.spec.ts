import { SdkRetries } from './sdk-retries';

it('gives a repetition of the SDK the key of its first try, and a second order of the same words one of its own', () => {
  const retries = new SdkRetries();
  expect(retries.keyFor('a', false, 'k1', 0)).toBe('k1');
  expect(retries.keyFor('a', true, 'k2', 1_000)).toBe('k1');
  expect(retries.keyFor('a', false, 'k3', 2_000)).toBe('k3');
  expect(retries.keyFor('a', true, 'k4', 3_000)).toBe('k3');
  expect(retries.keyFor('b', true, 'k5', 3_000)).toBe('k5');
  expect(retries.keyFor('a', true, 'k6', 2_000 + 10 * 60_000)).toBe('k6');
});
