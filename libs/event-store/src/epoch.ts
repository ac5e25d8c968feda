import type { Transaction } from './database';
import { lockWatermark, type Reader, type Watermark } from './watermark';

const MINT = `update log_epoch set epoch = gen_random_uuid()::text returning epoch`;

/**
 * Gives the log a new epoch, after its database was restored from a backup: sequences may now name other events than the ones
 * consumers know, and each consumer halts until it was reconciled.
 */
export async function mintEpoch(tx: Transaction): Promise<string> {
  const { rows } = await tx.query<{ epoch: string }>(MINT);
  return rows[0]!.epoch;
}

const ADOPT = `update consumer_watermark set epoch = $4, seq = $5, event_id = $6 where consumer = $1 and topic = $2 and shard = $3`;

/**
 * Sets a consumer onto a publisher's new epoch, behind the last event that both histories share. Everything it did for later
 * events of the old epoch must be reconciled before.
 */
export async function adoptEpoch(tx: Transaction, reader: Reader, shared: Watermark): Promise<void> {
  await lockWatermark(tx, reader, shared.shard);
  await tx.query({ name: 'epoch_adopt', text: ADOPT, values: [reader.consumer, reader.topic, shared.shard, shared.epoch, shared.seq, shared.eventId] });
}
