import { once } from 'node:events';
import type { Metadata, ServerWritableStream } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { refusedAs, statusAs } from '@usvideo/contracts/names';
import {
  type CancelJobRequest,
  type CancelJobResponse,
  type DescribeJobsRequest,
  type DescribeJobsResponse,
  type EraseAccountContentRequest,
  type EraseAccountContentResponse,
  type EraseContentRequest,
  type EraseContentResponse,
  type GetJobRequest,
  type GetJobResponse,
  type JobDescription,
  JobRefusal,
  JobStatus,
  type ListJobsRequest,
  type ListJobsResponse,
  type WatchJobRequest,
  type WatchJobResponse,
} from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import { Observable } from 'rxjs';
import { publicStatus } from '../views/job-object';
import { sandboxOrders } from '../catalogue/sandbox';
import { JobViews, type OwnedView, type Scope } from '../views/job-views.sql';
import { CustomerOrders } from '../orders/customer-orders.service';
import { JobRenderer } from '../views/job-renderer.service';
import { JobWatches } from '../views/job-watches.stream';
import { askForErasure } from '../retention/content-retention.loop';
import { jobNotFound, scopeOf, statusesOf } from './requests.grpc';

const LIST_MAX = 100;
const OFFSET_MAX = 10_000;
const DESCRIBED_MAX = 200;
/** A quarter of what a message may have: the largest jobs are 100 KiB each, and callers hold several answers at once. */
const DESCRIBED_BYTES_MAX = 4 * 1024 * 1024;
const VIEWED_AT_ONCE = 50;

@Controller()
export class JobsController {
  constructor(
    @Inject(JobViews) private readonly views: JobViews,
    @Inject(JobRenderer) private readonly renderer: JobRenderer,
    @Inject(CustomerOrders) private readonly orders: CustomerOrders,
    @Inject(JobWatches) private readonly watches: JobWatches,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @GrpcMethod('SchedulerService', 'getJob')
  async getJob(request: GetJobRequest): Promise<GetJobResponse> {
    const view = await this.owned(scopeOf(request), request.jobId);
    return { jobJson: this.renderer.json(view), ...statusAs(JobStatus, publicStatus(view.state)) };
  }

  @GrpcMethod('SchedulerService', 'listJobs')
  async listJobs(request: ListJobsRequest): Promise<ListJobsResponse> {
    const limit = Math.min(Math.max(request.limit, 1), LIST_MAX);
    if (request.offset < 0 || request.offset > OFFSET_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `offset is 0 to ${OFFSET_MAX}; use the cursor`);
    const { startingAfter, createdAfter, createdBefore, endUser, offset } = request;
    const found = await this.views.list({
      ...scopeOf(request),
      limit,
      offset,
      startingAfter,
      createdAfter,
      createdBefore,
      endUser,
      statuses: statusesOf(request.statuses),
    });
    // A cursor that nobody was given finds nothing, which would read as the end of a walk.
    if (found.length === 0 && startingAfter !== '' && !(await this.views.exists(scopeOf(request), startingAfter))) {
      throw grpcError(status.INVALID_ARGUMENT, 'starting_after is not a cursor of this list');
    }
    const page = found.slice(0, limit);
    const hasMore = found.length > limit;
    return {
      jobJson: page.map((view) => this.renderer.json(view)),
      hasMore,
      nextCursor: hasMore ? page.at(-1)!.jobId : '',
    };
  }

  @GrpcMethod('SchedulerService', 'cancelJob')
  async cancelJob(request: CancelJobRequest): Promise<CancelJobResponse> {
    const scope = scopeOf(request);
    const outcome = await this.orders.cancel(scope, request.jobId, request.apiKeyId);
    if (outcome.kind === 'not_found') throw jobNotFound();
    const view = await this.owned(scope, request.jobId);
    const refusal = refusedAs(JobRefusal, outcome.kind === 'refused' ? 'job_not_cancellable' : undefined);
    return { ...refusal, ...statusAs(JobStatus, publicStatus(view.state)), jobJson: this.renderer.json(view) };
  }

  @GrpcMethod('SchedulerService', 'eraseContent')
  async eraseContent(request: EraseContentRequest): Promise<EraseContentResponse> {
    const scope = scopeOf(request);
    const outcome = await this.orders.eraseContent(scope, request.jobId);
    if (outcome.kind === 'not_found') throw jobNotFound();
    const view = await this.owned(scope, request.jobId);
    const answer = { ...statusAs(JobStatus, publicStatus(view.state)), jobJson: this.renderer.json(view) };
    return outcome.kind === 'refused'
      ? { ...answer, ...refusedAs(JobRefusal, 'job_not_ended'), artifactKeys: [] }
      : { ...answer, refusal: '', artifactKeys: [...outcome.artifactKeys] };
  }

  @GrpcMethod('SchedulerService', 'eraseAccountContent')
  async eraseAccountContent({ accountId }: EraseAccountContentRequest): Promise<EraseAccountContentResponse> {
    if (accountId === '') throw grpcError(status.INVALID_ARGUMENT, 'account_id is missing');
    await askForErasure(this.database, accountId);
    return {};
  }

  /** Nest writes whatever an observable emits and buffers without a bound, so the next update waits until the stream has room. */
  @GrpcMethod('SchedulerService', 'watchJob')
  watchJob(
    request: WatchJobRequest,
    _metadata: Metadata,
    stream: ServerWritableStream<WatchJobRequest, WatchJobResponse>,
  ): Observable<WatchJobResponse> {
    const scope = scopeOf(request);
    if (this.watches.full) throw grpcError(status.RESOURCE_EXHAUSTED, 'too many jobs are watched');
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const tell = async (update: WatchJobResponse): Promise<void> => {
        subscriber.next(update);
        if (stream.writableNeedDrain) await once(stream, 'drain', { signal: abort.signal });
      };
      this.watches
        .follow({ ...scope, jobId: request.jobId, afterUpdateId: request.afterUpdateId }, tell, abort.signal)
        .then(
          (known) => (known ? subscriber.complete() : subscriber.error(jobNotFound())),
          (error: unknown) => subscriber.error(error),
        );
      return () => abort.abort();
    });
  }

  @GrpcMethod('SchedulerService', 'describeJobs')
  async describeJobs({ jobIds }: DescribeJobsRequest): Promise<DescribeJobsResponse> {
    if (jobIds.length > DESCRIBED_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `at most ${DESCRIBED_MAX} jobs are described at once`);
    const answer: DescribeJobsResponse = { jobs: [], postponedJobIds: [] };
    let bytes = 0;
    for (let from = 0; from < jobIds.length && bytes <= DESCRIBED_BYTES_MAX; from += VIEWED_AT_ONCE) {
      const described = (await this.views.many(jobIds.slice(from, from + VIEWED_AT_ONCE))).map((view) =>
        this.describe(view),
      );
      for (const job of described) {
        bytes += Buffer.byteLength(job.jobJson) + Buffer.byteLength(job.webhookUrl ?? '');
        if (answer.jobs.length === 0 || bytes <= DESCRIBED_BYTES_MAX) answer.jobs.push(job);
        else answer.postponedJobIds.push(job.jobId);
      }
      if (bytes > DESCRIBED_BYTES_MAX) answer.postponedJobIds.push(...jobIds.slice(from + VIEWED_AT_ONCE));
    }
    return answer;
  }

  private describe(view: OwnedView): JobDescription {
    const { jobId, accountId, state, settled, content } = view;
    return {
      jobId,
      accountId,
      environment: state.environment,
      ...statusAs(JobStatus, publicStatus(state)),
      settled,
      jobJson: this.renderer.json(view),
      webhookUrl: content?.webhookUrl,
      duplicateWebhook: state.environment === 'test' && sandboxOrders(content?.prompt ?? '').duplicateWebhook,
    };
  }

  private async owned(scope: Scope, jobId: string): Promise<OwnedView> {
    const view = await this.views.one(scope, jobId);
    if (view === undefined) throw jobNotFound();
    return view;
  }
}
