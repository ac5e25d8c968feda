import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { SchedulerConfig } from '../config';
import { AccountUsage } from './account-usage.sql';
import { ChangePoll } from './change-poll.loop';
import { JobChanges } from './job-changes';
import { JobRenderer } from './job-renderer.service';
import { type Estimate, JobViews } from './job-views.sql';
import { JobWatches } from './job-watches.stream';
import { RenderTimes } from './render-times.sql';
import { ESTIMATE } from './tokens';

@Module({
  providers: [
    AccountUsage,
    ChangePoll,
    JobChanges,
    RenderTimes,
    {
      provide: JobViews,
      inject: [DATABASE, JobChanges, ESTIMATE],
      useFactory: (database: Database, changes: JobChanges, estimate: Estimate) =>
        new JobViews(database, changes, estimate),
    },
    {
      provide: JobRenderer,
      inject: [CONFIG],
      useFactory: ({ LINK_SECRET: secret, PUBLIC_URL: publicUrl }: SchedulerConfig) =>
        new JobRenderer({ secret, publicUrl }),
    },
    {
      provide: JobWatches,
      inject: [JobViews, JobChanges, JobRenderer],
      useFactory: (views: JobViews, changes: JobChanges, renderer: JobRenderer) =>
        new JobWatches({ views, changes, renderer }),
    },
  ],
  exports: [AccountUsage, JobChanges, JobRenderer, JobViews, JobWatches, RenderTimes],
})
export class ViewsModule implements OnModuleInit {
  constructor(
    private readonly poll: ChangePoll,
    private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.lifecycle.keep('watched jobs', this.poll.start(this.logger));
  }
}
