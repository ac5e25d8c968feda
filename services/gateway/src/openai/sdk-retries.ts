/** How long a repetition by the SDK itself is known as one. */
const REMEMBERED_MS = 10 * 60_000;
const ORDERS_MAX = 50_000;

/**
 * The SDKs of the protocol repeat a create whose answer was lost, without a key that says so, but with a header that counts their
 * tries. The key that the first try was given here is found again by who sends what.
 */
export class SdkRetries {
  private readonly keys = new Map<string, { readonly key: string; readonly untilMs: number }>();

  /** @param newKey used for a first try, and for a repetition of which nothing is known. */
  keyFor(order: string, isRetry: boolean, newKey: string, nowMs: number): string {
    const known = this.keys.get(order);
    if (isRetry && known && known.untilMs > nowMs) return known.key;
    this.keys.delete(order);
    this.keys.set(order, { key: newKey, untilMs: nowMs + REMEMBERED_MS });
    if (this.keys.size > ORDERS_MAX) this.keys.delete(this.keys.keys().next().value!);
    return newKey;
  }
}
