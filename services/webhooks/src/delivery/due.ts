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

/** Deliveries are due. */
export class DeliveriesDue extends Due {}
/** Events wait for their bodies. */
export class BodiesDue extends Due {}
