/** Tells a loop that there is work, so that it looks now and not when it comes round. */
class Due {
  private look: () => void = () => undefined;

  wakes(look: () => void): void {
    this.look = look;
  }

  now(): void {
    this.look();
  }
}

/** Places that are freed within it are filled by one look. */
const GATHER_MS = 20;

/** Deliveries are due. */
export class DeliveriesDue extends Due {
  private gathering: NodeJS.Timeout | undefined;

  soon(): void {
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      this.now();
    }, GATHER_MS).unref();
  }
}
/** Events wait for their bodies. */
export class BodiesDue extends Due {}
