/** What a prompt of a test job asks the platform to play. The engine plays `sandbox:fail` and `sandbox:slow` itself. */
export interface SandboxOrders {
  /** Seconds during which the job stays pending. */
  readonly holdPendingSeconds: number;
  /** The status that the create is to be refused with. */
  readonly httpStatus?: 402 | 429 | 503;
  readonly duplicateWebhook: boolean;
}

const HOLD_PENDING_SECONDS_MAX = 3_600;
const ORDER = /(?:^|\s)sandbox:([a-z_]+)(?:=(\S+))?/g;

export function sandboxOrders(prompt: string): SandboxOrders {
  const orders = new Map([...prompt.matchAll(ORDER)].map(([, name, value]) => [name!, value ?? '']));
  const seconds = Number(orders.get('hold_pending') ?? 0);
  const status = Number(orders.get('http'));
  return {
    holdPendingSeconds: Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), HOLD_PENDING_SECONDS_MAX) : 0,
    ...((status === 402 || status === 429 || status === 503) && { httpStatus: status }),
    duplicateWebhook: orders.has('duplicate_webhook'),
  };
}
