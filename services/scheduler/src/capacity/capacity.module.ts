import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { SchedulerConfig } from '../config';
import { FleetEstimate } from './fleet-estimate.loop';

@Module({ providers: [{ provide: FleetEstimate, inject: [CONFIG, DATABASE, LOGGER], useFactory: fleetEstimate }], exports: [FleetEstimate] })
export class CapacityModule {}

function fleetEstimate(config: SchedulerConfig, database: Database, logger: Logger): FleetEstimate {
  return new FleetEstimate({
    database, logger, maxWaitMs: config.ADMISSION_MAX_WAIT_SECONDS * 1_000, declaredSlots: config.FLEET_MAX_SLOTS, coldStartMs: config.FLEET_COLD_START_SECONDS * 1_000,
  });
}
