import { runService } from '@usvideo/runtime';
import { readGatewayProcessConfig } from './config';
import { startGateway } from './gateway.module';

void runService('gateway', readGatewayProcessConfig, ({ config, logger }) => startGateway({ config, logger }));
