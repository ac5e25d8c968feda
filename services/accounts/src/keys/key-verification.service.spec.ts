import type { Database } from '@usvideo/event-store';
import { KeyVerification } from './key-verification.service';

/** Finds every key; writes uses unless it is away. */
function world() {
  const written: string[][] = [];
  let away = false;
  const database = {
    query: async ({ name, values }: { name: string; values: unknown[][] }) => {
      if (name === 'api_keys_verify')
        return {
          rows: (values[0] as Buffer[]).map((digest) => ({
            secret_sha256: digest,
            account_id: 'acc_1',
            key_id: `key_${digest}`,
            environment: 'live',
            scopes: [],
            expires_in_ms: null,
            suspended: false,
          })),
        };
      if (away) throw new Error('the database is away');
      written.push(values[0] as string[]);
      return { rows: [] };
    },
  } as unknown as Database;
  return {
    verification: new KeyVerification(database),
    written,
    goAway: (gone: boolean) => {
      away = gone;
    },
  };
}

it('writes uses that could not be written with the next ones', async () => {
  const { verification, written, goAway } = world();
  await verification.verify([Buffer.from('a'), Buffer.from('b')]);
  goAway(true);
  await expect(verification.writeUses()).rejects.toThrow('away');
  await verification.verify([Buffer.from('c')]);
  goAway(false);
  await verification.writeUses();
  expect(written.map((keys) => [...keys].sort())).toEqual([['key_a', 'key_b', 'key_c']]);
  await verification.writeUses();
  expect(written).toHaveLength(1);
});
