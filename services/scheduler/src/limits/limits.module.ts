import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import { RateLimiter } from './rate-limiter.sql';

@Module({
  providers: [{ provide: RateLimiter, inject: [DATABASE, Lifecycle], useFactory: rateLimiter }],
  exports: [RateLimiter],
})
export class LimitsModule {}

function rateLimiter(database: Database, lifecycle: Lifecycle): RateLimiter {
  const limiter = new RateLimiter(database);
  lifecycle.add('rate limiter', () => limiter.settled());
  return limiter;
}
