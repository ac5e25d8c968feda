import { backOffMs } from './back-off';

const limits = { firstMs: 100, maxMs: 5_000 };

function drawn(failures: number): { least: number; most: number } {
  const pauses = Array.from({ length: 1_000 }, () => backOffMs(failures, limits));
  return { least: Math.min(...pauses), most: Math.max(...pauses) };
}

test.each([
  [1, 100],
  [2, 200],
  [6, 3_200],
  [7, 5_000],
  [2_000, 5_000],
])('after %i failures it is between half of %i ms and all of it', (failures, fullMs) => {
  const { least, most } = drawn(failures);
  expect(least).toBeGreaterThanOrEqual(fullMs / 2);
  expect(most).toBeLessThanOrEqual(fullMs);
  // A thousand draws leave less than a tenth of the range empty at either end.
  expect(least).toBeLessThan(fullMs * 0.55);
  expect(most).toBeGreaterThan(fullMs * 0.95);
});
