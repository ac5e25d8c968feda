import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { nameOf, statusAs } from '@usvideo/contracts/names';
import {
  type CheckRate,
  type CheckRateAnswer,
  type ExchangeRequest,
  type ExchangeResponse,
  type GetJobRequest,
  type GetJobResponse,
  JobStatus,
  RatePolicy,
  type SchedulerAnswer,
  type SchedulerCall,
} from '@usvideo/contracts/scheduler';
import { serveExchange } from '@usvideo/exchange';
import { type Logger } from '@usvideo/runtime';
import { publicStatus } from '../views/job-object';
import { JobViews } from '../views/job-views.sql';
import { RateLimiter } from '../limits/rate-limiter.sql';
import { SubmissionSaga, rateState } from '../submission/submission.saga';
import { JobRenderer } from '../views/job-renderer.service';
import { environmentOf, scopeOf } from './requests.grpc';
import { LOGGER } from '@usvideo/service';

@Controller()
export class ExchangeController {
  constructor(
    @Inject(SubmissionSaga) private readonly creation: SubmissionSaga,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(JobViews) private readonly views: JobViews,
    @Inject(JobRenderer) private readonly renderer: JobRenderer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @GrpcStreamCall('SchedulerService', 'exchange')
  exchange(stream: ServerDuplexStream<ExchangeRequest, ExchangeResponse>): void {
    serveExchange<SchedulerCall, SchedulerAnswer>(stream, (call) => this.answer(call), this.logger);
  }

  private async answer({ call }: SchedulerCall): Promise<Omit<SchedulerAnswer, 'callId'>> {
    switch (call?.$case) {
      case 'createJob':
        return { answer: { $case: 'createJob', value: await this.creation.create(call.value) } };
      case 'checkRate':
        return { answer: { $case: 'checkRate', value: await this.checkRate(call.value) } };
      case 'getJob':
        return { answer: { $case: 'getJob', value: await this.getJob(call.value) } };
      default:
        throw new Error('an exchange call without a known request');
    }
  }

  private async checkRate({ accountId, environment, ...request }: CheckRate): Promise<CheckRateAnswer> {
    const policy = nameOf(RatePolicy, request.policyKind, request.policy);
    if (policy === undefined || policy === 'unknown') throw new Error('a rate check without a known policy');
    const decision = await this.limiter.check({ accountId, environment: environmentOf(environment), policy });
    return { allowed: decision.allowed, retryAfterMs: decision.retryAfterMs, rate: rateState(decision) };
  }

  private async getJob(request: GetJobRequest): Promise<GetJobResponse> {
    const view = await this.views.one(scopeOf(request), request.jobId);
    return view
      ? { jobJson: this.renderer.json(view), ...statusAs(JobStatus, publicStatus(view.state)) }
      : { jobJson: '', status: '' };
  }
}
