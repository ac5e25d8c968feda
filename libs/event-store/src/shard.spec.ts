import { SHARDS, shardOf } from './shard';

test('an account never changes its shard: stored sequences and partitions are numbered by it', () => {
  const shards = [
    'acc_01HZZZZZZZZZZZZZZZZZZZZZZZ',
    'acc_01J00000000000000000000000',
    'acc_01J00000000000000000000001',
    '',
  ].map(shardOf);
  expect(shards).toMatchInlineSnapshot(`
[
  11,
  6,
  0,
  0,
]
`);
});

test('accounts spread over all shards', () => {
  const seen = new Set(Array.from({ length: 1_000 }, (_, index) => shardOf(`acc_${index}`)));
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: SHARDS }, (_, shard) => shard));
});
