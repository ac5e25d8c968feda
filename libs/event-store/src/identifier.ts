import { randomFillSync } from 'node:crypto';
import { ulid } from 'ulid';

const POOL = Buffer.alloc(4096);
let offset = POOL.length;

/** `ulid` draws sixteen times per id and would ask the generator each time; a byte of this pool serves one draw. */
function fraction(): number {
  if (offset === POOL.length) {
    randomFillSync(POOL);
    offset = 0;
  }
  return POOL[offset++]! / 256;
}

/** `<prefix>_<ulid>`: sorts by its millisecond, this one unless given, 80 random bits behind it. */
export function newId(prefix: string, atMs?: number): string {
  return `${prefix}_${ulid(atMs, fraction)}`;
}
