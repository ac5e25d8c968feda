import type { CreateJob, Terms } from '@usvideo/contracts/scheduler';
import type { CatalogueModel } from '@usvideo/runtime';
import type { Environment } from '../job/job';
import { classOf, expectedGpuMs, modelFor } from '../catalogue/models';
import type { CreateRefusal } from './create-outcome';
import { sandboxOrders } from '../catalogue/sandbox';

/** What a create asks for, as far as it can be told without asking anybody. */
export interface CreatePlan {
  readonly environment: Environment;
  readonly terms: Terms;
  readonly jobClass: string;
  readonly expectedGpuMs: number;
  /** Seconds for which the sandbox keeps the job pending. */
  readonly holdSeconds: number;
  readonly refusal: CreateRefusal | undefined;
  readonly sandboxHttpStatus: number;
}

/** @param drawnSeed used when the customer gave none. */
export function planOf(call: CreateJob, models: readonly CatalogueModel[], drawnSeed: number): CreatePlan {
  const environment: Environment = call.environment === 'test' ? 'test' : 'live';
  const asked = call.terms!;
  const model = modelFor(models, asked);
  const orders = sandboxOrders(environment === 'test' ? call.content!.prompt : '');
  const terms = { ...asked, model: model?.id ?? asked.model, seed: call.seedGiven ? asked.seed : drawnSeed };
  return {
    environment,
    terms,
    jobClass: model ? classOf(model, environment) : '',
    expectedGpuMs: expectedGpuMs(models, terms),
    holdSeconds: orders.holdPendingSeconds,
    refusal: orders.httpStatus ? 'sandbox_refusal' : model === undefined ? 'model_unknown' : undefined,
    sandboxHttpStatus: orders.httpStatus ?? 0,
  };
}
