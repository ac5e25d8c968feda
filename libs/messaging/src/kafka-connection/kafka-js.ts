import type * as KafkaJs from 'kafkajs';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

let loaded: typeof KafkaJs | undefined;

/** The client library, loaded when it is first needed: a process without Kafka has no use for it. */
export function kafkaJs(): typeof KafkaJs {
  if (loaded === undefined) {
    quietRequestQueue();
    loaded = require('kafkajs') as typeof KafkaJs;
  }
  return loaded;
}

/**
 * kafkajs 2.2.4 checks an empty request queue every millisecond, for every connection and for ever, with a negative timeout
 * that Node 24 warns about. Nothing has to be checked while nothing is pending.
 * https://github.com/tulios/kafkajs/issues/1704, https://github.com/tulios/kafkajs/issues/1751
 */
function quietRequestQueue(): void {
  const queue = (require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }).prototype;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function scheduleWhilePending(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
