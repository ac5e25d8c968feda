import type { WebhooksServiceClient } from '@usvideo/contracts/webhooks';
import { startLoop, type Logger, type Running } from '@usvideo/runtime';
import { messagesOf } from '../peers/server-stream.client';

export interface FeedOwner {
  readonly accountId: string;
  readonly environment: string;
}

/** Waits for a feed to grow. */
export interface FeedWatch {
  /** Resolves at the next growth since the call before, or after so long; false when nothing was heard. */
  next(withinMs: number, signal: AbortSignal): Promise<boolean>;
  end(): void;
}

interface Waiter {
  grown: boolean;
  wake: (() => void) | undefined;
}

/** One stream of hints for the whole process, however many clients wait: those who wait cost nothing while nothing happens. */
export class FeedWatches implements Running {
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly ended = new AbortController();
  private readonly loop: Running;

  constructor(
    private readonly webhooks: WebhooksServiceClient,
    logger: Logger,
  ) {
    this.loop = startLoop({ name: 'feed_watch', everyMs: 1_000, work: () => this.hear(), logger, backOffMaxMs: 2_000 });
  }

  watch(owner: FeedOwner): FeedWatch {
    const key = keyOf(owner);
    const waiter: Waiter = { grown: false, wake: undefined };
    const waiters = this.waiters.get(key) ?? new Set();
    this.waiters.set(key, waiters.add(waiter));
    return {
      next: (withinMs, signal) => nextGrowth(waiter, withinMs, signal),
      end: () => {
        waiters.delete(waiter);
        if (waiters.size === 0 && this.waiters.get(key) === waiters) this.waiters.delete(key);
      },
    };
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.loop.stop();
  }

  /** Whatever grew while nobody listened is read by everybody once the stream is there again. */
  private async hear(): Promise<void> {
    if (this.ended.signal.aborted) return;
    try {
      const hints = messagesOf(() => this.webhooks.watchFeeds({}), this.ended.signal);
      for (const waiters of this.waiters.values()) grow(waiters);
      for await (const hint of hints) grow(this.waiters.get(keyOf(hint)));
    } catch (error) {
      if (!this.ended.signal.aborted) throw error;
    }
  }
}

const keyOf = ({ accountId, environment }: FeedOwner) => `${accountId} ${environment}`;

function grow(waiters: Iterable<Waiter> = []): void {
  for (const waiter of waiters) {
    waiter.grown = true;
    waiter.wake?.();
  }
}

async function nextGrowth(waiter: Waiter, withinMs: number, signal: AbortSignal): Promise<boolean> {
  if (!waiter.grown && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, withinMs);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        waiter.wake = undefined;
        resolve();
      }
      waiter.wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
  const { grown } = waiter;
  waiter.grown = false;
  return grown;
}
