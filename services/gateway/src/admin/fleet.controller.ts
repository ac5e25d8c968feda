import { Controller, Get, Param, Put } from '@nestjs/common';
import type { FleetWorker, QueueStanding } from '@usvideo/contracts/scheduler';
import { call } from '@usvideo/runtime';
import { type ActingOperator } from '../access/request-state.http';
import { ByOperator } from '../access/parameters.http';
import { adminCordonSchema, adminWorkersQuery } from '../http/requests';
import { orNull, time } from '../http/views';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { pageOf, renderList } from '../validation/query';
import { OperatorOrders } from '../operators/operator-orders.client';
import { type Valid, ValidBody, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

/** The render fleet, and what operators keep from taking more work. */
@Controller('admin/v1')
export class AdminFleetController {
  constructor(
    private readonly peers: Peers,
    private readonly orders: OperatorOrders,
  ) {}

  @Get('queues')
  async queues(): Promise<object> {
    const { queues, ageSeconds } = await call(this.peers.scheduler, 'listQueues', {});
    return {
      object: 'list',
      data: queues.map(queueView),
      has_more: false,
      next_cursor: null,
      age_seconds: Math.round(ageSeconds * 10) / 10,
    };
  }

  @Get('workers')
  async list(@ValidQuery(adminWorkersQuery) query: Valid<typeof adminWorkersQuery>): Promise<Answer> {
    const page = pageOf(query, /^wrk_[0-9A-Za-z]{1,60}$/);
    const { workers, hasMore } = await call(this.peers.scheduler, 'listWorkers', {
      limit: page.limit,
      afterWorkerId: page.startingAfter,
    });
    return new Answer(
      renderList(
        page,
        workers.map((worker) => JSON.stringify(workerView(worker))),
        hasMore,
        workers.at(-1)?.workerId ?? null,
      ),
    );
  }

  @Put('workers/:name/cordon')
  cordonWorker(
    @Param('name') name: string,
    @ValidBody(adminCordonSchema) cordon: Valid<typeof adminCordonSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    return this.cordon('worker', name, cordon, by);
  }

  @Put('nodes/:name/cordon')
  cordonNode(
    @Param('name') name: string,
    @ValidBody(adminCordonSchema) cordon: Valid<typeof adminCordonSchema>,
    @ByOperator() by: ActingOperator,
  ): Promise<object> {
    return this.cordon('node', name, cordon, by);
  }

  private async cordon(
    kind: 'worker' | 'node',
    name: string,
    { state, grace_seconds: graceSeconds }: Valid<typeof adminCordonSchema>,
    by: ActingOperator,
  ): Promise<object> {
    if (!NAME.test(name)) throw new Refusal('not_found', `There is no ${kind} of this name.`);
    if (graceSeconds !== undefined && state !== 'draining')
      throw invalidRequest([{ field: 'grace_seconds', message: 'is of draining only' }]);
    await this.orders.record(by, {
      action: 'cordon_ordered',
      subject: `${kind} ${name}`,
      order: { state, graceSeconds },
    });
    await call(this.peers.scheduler, 'setCordon', { kind, name, state, graceSeconds, author: by.name });
    return { object: 'cordon', kind, name, state, grace_seconds: graceSeconds ?? null };
  }
}

function workerView({
  workerId,
  engine,
  node,
  jobClasses,
  slots,
  leased,
  seenAt,
  connected,
  cordon,
  remote,
  capabilities,
  lastFailure,
}: FleetWorker): object {
  return {
    id: workerId,
    object: 'worker',
    engine,
    node: orNull(node),
    job_classes: jobClasses,
    slots,
    running_jobs: leased,
    connected,
    remote,
    models: capabilities?.models ?? [],
    modes: capabilities?.modes ?? [],
    resolutions: capabilities?.resolutions ?? [],
    gpu_name: orNull(capabilities?.gpuName ?? ''),
    gpu_memory_mib: capabilities?.gpuMemoryMib || null,
    cordon: orNull(cordon),
    last_error: lastFailure
      ? {
          code: lastFailure.errorCode,
          message: orNull(lastFailure.errorMessage),
          job_id: lastFailure.jobId,
          at: time(lastFailure.failedAt),
        }
      : null,
    seen_at: time(seenAt),
  };
}

function queueView(queue: QueueStanding): object {
  return {
    object: 'queue',
    job_class: queue.jobClass,
    livemode: queue.environment === 'live',
    eligible: { jobs: queue.eligible, oldest_seconds: Math.round(queue.eligibleOldestSeconds) },
    held: { jobs: queue.held, oldest_seconds: Math.round(queue.heldOldestSeconds) },
    accounts: queue.accounts,
    running_jobs: queue.running,
    slots: queue.slots,
  };
}
