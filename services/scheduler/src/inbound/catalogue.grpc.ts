import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  ChooseModelRequest,
  ChooseModelResponse,
  GetLimitsRequest,
  GetLimitsResponse,
  ListModelsResponse,
} from '@usvideo/contracts/scheduler';
import { type CatalogueModel, grpcError, status } from '@usvideo/runtime';
import { modelFor } from '../catalogue/models';
import { AccountUsage } from '../views/account-usage.sql';
import { scopeOf } from './requests.grpc';
import { MODELS } from './tokens';

/** What there is to choose from, and what an account may use and uses of it. */
@Controller()
export class CatalogueController {
  constructor(
    @Inject(MODELS) private readonly models: readonly CatalogueModel[],
    @Inject(AccountUsage) private readonly usage: AccountUsage,
  ) {}

  @GrpcMethod('SchedulerService', 'listModels')
  listModels(): ListModelsResponse {
    return {
      models: this.models.map((model) => ({
        id: model.id,
        aliases: [...model.aliases],
        description: model.description,
        modes: [...model.modes],
        resolutions: [...model.resolutions],
        aspectRatios: [...model.aspect_ratios],
        maxDurationSeconds: model.max_duration_seconds,
      })),
    };
  }

  @GrpcMethod('SchedulerService', 'chooseModel')
  chooseModel({ terms }: ChooseModelRequest): ChooseModelResponse {
    if (terms === undefined) throw grpcError(status.INVALID_ARGUMENT, 'terms are required');
    const model = modelFor(this.models, terms);
    if (model === undefined) throw grpcError(status.NOT_FOUND, 'no model can do this');
    return { modelId: model.id };
  }

  @GrpcMethod('SchedulerService', 'getLimits')
  async getLimits(request: GetLimitsRequest): Promise<GetLimitsResponse> {
    return this.usage.limits(scopeOf(request));
  }
}
