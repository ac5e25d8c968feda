import { randomFillSync } from 'node:crypto';
import { ulid } from 'ulid';

const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/**
 * `evt_` and a ULID. Its sixteen random characters come from a pool: one call to the system's generator for each of them costs
 * more than everything else that is done for an event.
 */
export function newEventId(at: Date): string {
  return `evt_${ulid(at.getTime(), random)}`;
}

/** A byte as a number below 1; the 32 characters of a ULID divide its 256 values evenly. */
function random(): number {
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  return pool[used++]! / 256;
}
