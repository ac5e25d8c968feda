import type { Transaction } from './database';

const MINT = `update log_epoch set epoch = gen_random_uuid()::text returning epoch`;

/**
 * Gives the log a new epoch, after its database was restored from a backup: sequences may now name other events than the ones
 * consumers know, and each consumer halts until it was reconciled.
 */
export async function mintEpoch(tx: Transaction): Promise<string> {
  const { rows } = await tx.query<{ epoch: string }>(MINT);
  return rows[0]!.epoch;
}
