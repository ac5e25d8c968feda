interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

let quieted = false;

/**
 * kafkajs 2.2.4 checks an empty request queue every millisecond, for every connection and for ever, with a negative timeout
 * that Node 24 warns about. Nothing has to be checked while nothing is pending.
 * https://github.com/tulios/kafkajs/issues/1704, https://github.com/tulios/kafkajs/issues/1751
 */
export function quietRequestQueue(): void {
  if (quieted) return;
  quieted = true;
  const queue = (require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }).prototype;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function scheduleWhilePending(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
