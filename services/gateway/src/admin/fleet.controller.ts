import { Controller, Get, Param, Put, Req, Res } from '@nestjs/common';
import type { FleetWorker } from '@usvideo/contracts/scheduler';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operatorOf, sendObject } from '../access/request-state.http';
import { adminCordonSchema, adminWorkersQuery, noQuery } from '../http/requests';
import { orNull, time } from '../http/views';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { pageOf, parseQuery, renderList } from '../validation/query';
import { validate } from '../validation/schema';
import { OperatorOrders } from '../operators/operator-orders.client';
import { type Valid, ValidQuery } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

/** The render fleet, and what operators keep from taking more work. */
@Controller('admin/v1')
export class AdminFleetController {
  constructor(
    private readonly peers: Peers,
    private readonly orders: OperatorOrders,
  ) {}

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
  async cordonWorker(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.cordon('worker', name, request, reply);
  }

  @Put('nodes/:name/cordon')
  async cordonNode(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.cordon('node', name, request, reply);
  }

  private async cordon(
    kind: 'worker' | 'node',
    name: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    parseQuery(noQuery, request.query);
    if (!NAME.test(name)) throw new Refusal('not_found', `There is no ${kind} of this name.`);
    const { state, grace_seconds: graceSeconds } = validate(adminCordonSchema, request.body);
    if (graceSeconds !== undefined && state !== 'draining')
      throw invalidRequest([{ field: 'grace_seconds', message: 'is of draining only' }]);
    await this.orders.record(request, {
      action: 'cordon_ordered',
      subject: `${kind} ${name}`,
      order: { state, graceSeconds },
    });
    await call(this.peers.scheduler, 'setCordon', {
      kind,
      name,
      state,
      graceSeconds,
      author: operatorOf(request).name,
    });
    sendObject(reply, 200, { object: 'cordon', kind, name, state, grace_seconds: graceSeconds ?? null });
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
    cordon: orNull(cordon),
    seen_at: time(seenAt),
  };
}
