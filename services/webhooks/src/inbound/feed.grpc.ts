import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  EraseAccountRequest,
  EraseAccountResponse,
  ReadFeedRequest,
  ReadFeedResponse,
  WatchFeedsResponse,
} from '@usvideo/contracts/webhooks';
import { grpcError, status } from '@usvideo/runtime';
import { Observable } from 'rxjs';
import { FeedHints } from '../feed/feed-hints.client';
import { FeedReader } from '../feed/feed-reader.sql';
import { AccountErasure } from '../retention/account-erasure.sql';

const PAGE_MAX = 100;

@Controller()
export class FeedController {
  constructor(
    private readonly reader: FeedReader,
    private readonly hints: FeedHints,
    private readonly erasure: AccountErasure,
  ) {}

  /** A limit of 0 asks where new events begin. */
  @GrpcMethod('WebhooksService', 'readFeed')
  async readFeed({ accountId, after, environment, limit }: ReadFeedRequest): Promise<ReadFeedResponse> {
    if (limit < 0 || limit > PAGE_MAX) throw grpcError(status.INVALID_ARGUMENT, `limit must be 0 to ${PAGE_MAX}`);
    if (after < 0n) throw grpcError(status.INVALID_ARGUMENT, 'after must be 0 or more');
    if (limit > 0) return this.reader.page({ accountId, environment, after }, limit);
    return {
      events: [],
      more: false,
      expired: false,
      unknown: false,
      newest: await this.reader.newest({ accountId, environment }),
    };
  }

  @GrpcMethod('WebhooksService', 'watchFeeds')
  watchFeeds(): Observable<WatchFeedsResponse> {
    return new Observable((subscriber) =>
      this.hints.watch((hints) => {
        for (const hint of hints) subscriber.next(hint);
      }),
    );
  }

  @GrpcMethod('WebhooksService', 'eraseAccount')
  async eraseAccount({ accountId }: EraseAccountRequest): Promise<EraseAccountResponse> {
    if (accountId === '') throw grpcError(status.INVALID_ARGUMENT, 'account_id is required');
    await this.erasure.erase(accountId);
    return {};
  }
}
