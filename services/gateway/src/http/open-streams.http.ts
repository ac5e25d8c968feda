import type { ServerResponse } from 'node:http';
import { steadyMsOf } from '@usvideo/runtime';

export const STREAMS_PER_ACCOUNT_MAX = 100;
/** Idle ones cost some 40 KB each; one that nobody reads holds two job objects, too. */
const STREAMS_MAX = 6_000;

export interface OpenStream {
  /** Aborted when the client goes away, its time is over or the gateway stops. */
  readonly signal: AbortSignal;
  close(): void;
}

/** Requests that stay open: event streams and waits. Bounded per account, and ended together when the gateway stops. */
export class OpenStreams {
  private readonly byAccount = new Map<string, number>();
  private readonly open = new Set<AbortController>();

  constructor(private readonly streamsMax = STREAMS_MAX) {}

  get full(): boolean {
    return this.open.size >= this.streamsMax;
  }

  /** Undefined when the account, or the process, has as many open as it may. */
  tryOpen(accountId: string, response: ServerResponse, until?: Date): OpenStream | undefined {
    if (this.full) return undefined;
    if (this.inUse(accountId) >= STREAMS_PER_ACCOUNT_MAX) return undefined;
    this.byAccount.set(accountId, this.inUse(accountId) + 1);
    const controller = new AbortController();
    this.open.add(controller);
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
      this.release(accountId);
    };
    controller.signal.addEventListener('abort', close, { once: true });
    return { signal: controller.signal, close };
  }

  inUse(accountId: string): number {
    return this.byAccount.get(accountId) ?? 0;
  }

  async stop(): Promise<void> {
    for (const controller of [...this.open]) controller.abort();
  }

  private release(accountId: string): void {
    const left = this.inUse(accountId) - 1;
    if (left > 0) this.byAccount.set(accountId, left);
    else this.byAccount.delete(accountId);
  }
}
