import type { CapsTotal, MonthlyCap, OpenHold, OpenHoldsTotal } from '@usvideo/contracts/ledger';
import { createHash } from 'node:crypto';

/** Of one list in an event: two of them stay far below what an event may weigh. */
export const LIST_BYTES_MAX = 192 * 1024;
/** What an item weighs besides its text: field numbers, lengths, a number in place of its digits. */
const ITEM_BYTES = 16;

/** What a closing says of open holds: all of them, or as many as fit and a digest of all. */
export function holdsListed(
  holds: readonly OpenHold[],
  bytesMax: number,
): { openHolds: OpenHold[]; openHoldsTotal?: OpenHoldsTotal } {
  const { listed, digest } = listOf(
    holds,
    bytesMax,
    ({ jobId, apiKeyId, amountMicros }) => `${jobId} ${apiKeyId} ${amountMicros}\n`,
  );
  if (digest === undefined) return { openHolds: listed };
  const amountMicros = holds.reduce((sum, hold) => sum + hold.amountMicros, 0n);
  return { openHolds: listed, openHoldsTotal: { count: BigInt(holds.length), amountMicros, digest } };
}

/** The same of monthly caps. */
export function capsListed(
  caps: readonly MonthlyCap[],
  bytesMax: number,
): { caps: MonthlyCap[]; capsTotal?: CapsTotal } {
  const { listed, digest } = listOf(caps, bytesMax, ({ apiKeyId, limitMicros }) => `${apiKeyId} ${limitMicros}\n`);
  return digest === undefined ? { caps: listed } : { caps: listed, capsTotal: { count: BigInt(caps.length), digest } };
}

/** Without a digest when all are listed: then the list itself says everything. */
function listOf<Item>(
  items: readonly Item[],
  bytesMax: number,
  lineOf: (item: Item) => string,
): { listed: Item[]; digest: Buffer | undefined } {
  const lines = items.map(lineOf);
  let bytes = 0;
  const end = lines.findIndex((line) => (bytes += Buffer.byteLength(line) + ITEM_BYTES) > bytesMax);
  if (end === -1) return { listed: [...items], digest: undefined };
  return { listed: items.slice(0, end), digest: createHash('sha256').update(lines.join('')).digest() };
}
