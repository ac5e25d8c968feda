import type { MonthlyCap, OpenHold } from '@usvideo/contracts/ledger';
import { createHash } from 'node:crypto';
import { capsListed, holdsListed, LIST_BYTES_MAX } from './closing-lists';

const hold = (index: number): OpenHold => ({
  jobId: `job_${index}`,
  apiKeyId: 'key_1',
  amountMicros: BigInt(index + 1),
});
const cap = (index: number): MonthlyCap => ({ apiKeyId: `key_${index}`, limitMicros: BigInt(index) });
const sha256 = (text: string) => createHash('sha256').update(text).digest();

test('a list that fits is given whole, and nothing besides', () => {
  const [holds, caps] = [[hold(0), hold(1)], [cap(0)]];
  expect(holdsListed(holds, LIST_BYTES_MAX)).toEqual({ openHolds: holds });
  expect(capsListed(caps, LIST_BYTES_MAX)).toEqual({ caps });
  expect(holdsListed([], LIST_BYTES_MAX)).toEqual({ openHolds: [] });
});

test('of a list that does not fit, the first are given, and count, sum and digest of all', () => {
  const holds = Array.from({ length: 20_000 }, (_, index) => hold(index));
  const { openHolds, openHoldsTotal } = holdsListed(holds, LIST_BYTES_MAX);
  expect(openHolds.length).toBeGreaterThan(1_000);
  expect(openHolds).toEqual(holds.slice(0, openHolds.length));
  expect(openHoldsTotal).toEqual({
    count: 20_000n,
    amountMicros: 200_010_000n,
    digest: sha256(holds.map(({ jobId, amountMicros }) => `${jobId} key_1 ${amountMicros}\n`).join('')),
  });
  const caps = Array.from({ length: 20_000 }, (_, index) => cap(index));
  expect(capsListed(caps, LIST_BYTES_MAX).capsTotal).toEqual({
    count: 20_000n,
    digest: sha256(caps.map(({ apiKeyId, limitMicros }) => `${apiKeyId} ${limitMicros}\n`).join('')),
  });
});

test('the digest tells one hold beyond the list from another', () => {
  const holds = [hold(0), hold(1), hold(2)];
  const others = [hold(0), hold(1), { ...hold(2), jobId: 'job_x' }];
  expect(holdsListed(holds, 40).openHolds).toEqual(holdsListed(others, 40).openHolds);
  expect(holdsListed(holds, 40).openHoldsTotal!.digest).not.toEqual(holdsListed(others, 40).openHoldsTotal!.digest);
});
