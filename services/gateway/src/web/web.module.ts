import type { DynamicModule } from '@nestjs/common';
import { WebFiles } from './web-files.store';
import { ConsoleController, DashboardController } from './web.controller';

/** What browsers are served besides the APIs, each on its port. */
export class WebModule {
  static dashboard(files: WebFiles): DynamicModule {
    return {
      module: WebModule,
      controllers: [DashboardController],
      providers: [{ provide: WebFiles, useValue: files }],
    };
  }

  static console(files: WebFiles): DynamicModule {
    return { module: WebModule, controllers: [ConsoleController], providers: [{ provide: WebFiles, useValue: files }] };
  }
}
