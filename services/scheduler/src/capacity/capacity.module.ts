import { Global, Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { SchedulerConfig } from '../config';
import { ESTIMATE } from '../views/tokens';
import { FleetEstimate } from './fleet-estimate.loop';

/** Global, because views show an estimate and must not know whose. */
@Global()
@Module({
  providers: [
    { provide: FleetEstimate, inject: [CONFIG, DATABASE, LOGGER], useFactory: fleetEstimate },
    { provide: ESTIMATE, useExisting: FleetEstimate },
  ],
  exports: [FleetEstimate, ESTIMATE],
})
export class CapacityModule {}

function fleetEstimate(config: SchedulerConfig, database: Database, logger: Logger): FleetEstimate {
  return new FleetEstimate({
    database,
    logger,
    models: config.MODELS,
    maxWaitMs: config.ADMISSION_MAX_WAIT_SECONDS * 1_000,
    declaredSlots: config.FLEET_MAX_SLOTS,
    coldStartMs: config.FLEET_COLD_START_SECONDS * 1_000,
  });
}
