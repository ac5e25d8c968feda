import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { SyncLimitsRequest, SyncLimitsResponse } from '@usvideo/contracts/scheduler';
import { grpcError, status } from '@usvideo/runtime';
import type { Environment } from '../job/job';
import { Dispatch } from '../dispatch/dispatch.service';

/** The accounts service tells us of new limits at once; its events are the safety net. */
@Controller()
export class LimitsController {
  constructor(@Inject(Dispatch) private readonly dispatch: Dispatch) {}

  @GrpcMethod('SchedulerService', 'syncLimits')
  async syncLimits(request: SyncLimitsRequest): Promise<SyncLimitsResponse> {
    const { accountId, limits, limitsVersion: version, suspended } = request;
    const environment = environmentOf(request.environment);
    if (limits === undefined || accountId === '')
      throw grpcError(status.INVALID_ARGUMENT, 'limits are of an account and complete');
    await this.dispatch.takeLimits({ accountId, environment, limits, version, suspended });
    return {};
  }
}

function environmentOf(text: string): Environment {
  if (text !== 'live' && text !== 'test') throw grpcError(status.INVALID_ARGUMENT, 'environment is live or test');
  return text;
}
