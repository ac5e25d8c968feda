import { runService } from '@usvideo/runtime';
import { readRenderFleetProcessConfig } from './config';
import { startRenderFleet } from './render-fleet.module';

void runService('render-fleet', readRenderFleetProcessConfig, ({ config, logger }) =>
  startRenderFleet({ config, logger }),
);
