import { Module } from '@nestjs/common';
import type { GatewayConfig } from '../config';
import { CONFIG } from '../tokens';
import { Settings } from './settings';

@Module({
  providers: [
    {
      provide: Settings,
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) =>
        new Settings(
          config.PUBLIC_URL.replace(/\/+$/, ''),
          config.LINK_SECRET,
          config.SUPPORT_URL,
          config.REGISTRATION,
          config.SIGNUP_CREDIT_USD,
          config.SLOT_SECOND_USD,
          config.TRACE_URL_TEMPLATE,
        ),
    },
  ],
  exports: [Settings],
})
export class SettingsModule {}
