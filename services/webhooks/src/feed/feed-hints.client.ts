import { Inject, Injectable } from '@nestjs/common';
import { Lifecycle, startLoop, type Logger, type Running } from '@usvideo/runtime';
import { CONFIG, LOGGER } from '@usvideo/service';
import pg from 'pg';
import type { WebhooksConfig } from '../config';
import { FEED_CHANNEL } from './feed.store';

const LOOK_AFTER_MS = 5_000;
const CONNECT_WITHIN_MS = 5_000;
const FLUSH_AFTER_MS = 10;

export interface FeedHint {
  readonly accountId: string;
  readonly environment: string;
}

/** Hears from all replicas whose feed has grown and tells whoever watches, each feed once within a moment. */
@Injectable()
export class FeedHints implements Running {
  private readonly watchers = new Set<(hints: readonly FeedHint[]) => void>();
  private readonly grown = new Set<string>();
  private readonly databaseUrl: string;
  private readonly loop: Running;
  private client: pg.Client | undefined;
  private flushing: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) { DATABASE_URL: databaseUrl }: WebhooksConfig,
    lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.databaseUrl = databaseUrl;
    lifecycle.keep('feed hints', this);
    this.loop = startLoop({ name: 'feed_hints', everyMs: LOOK_AFTER_MS, work: () => this.connect(), logger });
  }

  /** Returns what ends it. */
  watch(onHints: (hints: readonly FeedHint[]) => void): () => void {
    this.watchers.add(onHints);
    return () => {
      this.watchers.delete(onHints);
    };
  }

  async stop(): Promise<void> {
    clearTimeout(this.flushing);
    await this.loop.stop();
    await this.client?.end();
  }

  private async connect(): Promise<void> {
    if (this.client !== undefined) return;
    const fresh = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'webhooks-hints',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: CONNECT_WITHIN_MS,
    });
    fresh.on('notification', ({ payload }) => this.collect(payload ?? ''));
    fresh.on('error', (error) => this.logger.warn({ err: error }, 'the growth of feeds is not heard for a moment'));
    fresh.on('end', () => {
      if (this.client === fresh) this.client = undefined;
    });
    try {
      await fresh.connect();
      await fresh.query(`listen ${FEED_CHANNEL}`);
    } catch (error) {
      // It never rejects, and on a connection that is gone without a word it may take for ever.
      void fresh.end();
      throw error;
    }
    this.client = fresh;
  }

  private collect(owner: string): void {
    this.grown.add(owner);
    this.flushing ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  private flush(): void {
    this.flushing = undefined;
    const hints = [...this.grown].map((owner) => {
      const [accountId = '', environment = ''] = owner.split(' ');
      return { accountId, environment };
    });
    this.grown.clear();
    for (const watcher of this.watchers) watcher(hints);
  }
}
