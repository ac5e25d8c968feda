import { Tally } from '../limits/tally';

/** Bytes of request bodies that may be held at one time, by all and by each owner: an account, or an address without a key. */
export const HELD_BYTES_MAX = 256 * 1024 * 1024;
export const HELD_BYTES_PER_OWNER_MAX = 128 * 1024 * 1024;

export type Reserved = 'granted' | 'owner_has_too_many' | 'all_have_too_many';

/** Counts the bytes of bodies from their arrival until their request is over. */
export class BodyBudget {
  private heldBytes = 0;
  private readonly byOwner = new Tally();

  constructor(
    private readonly bytesMax = HELD_BYTES_MAX,
    private readonly ownerBytesMax = HELD_BYTES_PER_OWNER_MAX,
  ) {}

  /** What is refused is not counted. */
  reserve(owner: string, bytes: number): Reserved {
    if (this.heldBy(owner) + bytes > this.ownerBytesMax) return 'owner_has_too_many';
    if (this.heldBytes + bytes > this.bytesMax) return 'all_have_too_many';
    this.heldBytes += bytes;
    this.byOwner.add(owner, bytes);
    return 'granted';
  }

  release(owner: string, bytes: number): void {
    this.heldBytes -= bytes;
    this.byOwner.add(owner, -bytes);
  }

  heldBy(owner: string): number {
    return this.byOwner.of(owner);
  }

  get held(): number {
    return this.heldBytes;
  }
}
