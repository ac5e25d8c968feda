import type { ServerResponse } from 'node:http';
import { steadyMsOf } from '@usvideo/runtime';
import { Tally } from '../limits/tally';

export const STREAMS_PER_ACCOUNT_MAX = 100;
/** Idle ones cost some 40 KB each; one that nobody reads holds two job objects, too. */
const STREAMS_MAX = 6_000;

/** What clients have not read yet: of one account, and of all. The streams that hold the most are cut, and resume where they were. */
export const UNREAD_BYTES_PER_ACCOUNT_MAX = 16 * 1024 * 1024;
const UNREAD_BYTES_MAX = 128 * 1024 * 1024;
const WEIGHED_EVERY_MS = 1_000;

interface Held {
  readonly accountId: string;
  readonly response: Pick<ServerResponse, 'writableLength'>;
}

export interface OpenStream {
  /** Aborted when the client goes away, its time is over or the gateway stops. */
  readonly signal: AbortSignal;
  close(): void;
}

/** Requests that stay open: event streams and waits. Bounded per account, and ended together when the gateway stops. */
export class OpenStreams {
  private readonly byAccount = new Tally();
  private readonly open = new Map<AbortController, Held>();
  private readonly weighing = setInterval(() => this.cutUnread(), WEIGHED_EVERY_MS).unref();

  constructor(
    private readonly streamsMax = STREAMS_MAX,
    private readonly unreadBytesMax = UNREAD_BYTES_MAX,
  ) {}

  get full(): boolean {
    return this.open.size >= this.streamsMax;
  }

  /** Undefined when the account, or the process, has as many open as it may. */
  tryOpen(accountId: string, response: ServerResponse, until?: Date): OpenStream | undefined {
    if (this.full) return undefined;
    if (this.inUse(accountId) >= STREAMS_PER_ACCOUNT_MAX) return undefined;
    this.byAccount.add(accountId, 1);
    const controller = new AbortController();
    this.open.set(controller, { accountId, response });
    const abort = () => controller.abort();
    response.once('close', abort);
    const end = until && setTimeout(abort, Math.max(0, steadyMsOf(until) - performance.now()));
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      response.off('close', abort);
      clearTimeout(end);
      this.open.delete(controller);
      this.byAccount.add(accountId, -1);
    };
    controller.signal.addEventListener('abort', close, { once: true });
    return { signal: controller.signal, close };
  }

  inUse(accountId: string): number {
    return this.byAccount.of(accountId);
  }

  /** Ends the fullest streams of whoever has more unread than it may, until what is left fits. */
  cutUnread(): void {
    const unread = [...this.open]
      .map(([controller, { accountId, response }]) => ({ controller, accountId, bytes: response.writableLength }))
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => a.bytes - b.bytes);
    let all = 0;
    const byAccount = new Tally();
    for (const { controller, accountId, bytes } of unread) {
      if (byAccount.of(accountId) + bytes > UNREAD_BYTES_PER_ACCOUNT_MAX || all + bytes > this.unreadBytesMax) {
        controller.abort();
        continue;
      }
      all += bytes;
      byAccount.add(accountId, bytes);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.weighing);
    for (const controller of [...this.open.keys()]) controller.abort();
  }
}
