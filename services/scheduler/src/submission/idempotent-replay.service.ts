import { setTimeout as delay } from 'node:timers/promises';
import { within } from '@usvideo/runtime';
import type { JobViews } from '../views/job-views.sql';
import type { OpenSubmission } from './submission-opener.sql';
import { refusal, type CreateOutcome } from './create-outcome';
import type { JobRenderer } from '../views/job-renderer.service';

export interface IdempotentReplayOptions {
  readonly views: JobViews;
  readonly renderer: JobRenderer;
  /** How a submission stands; undefined when there is none. */
  readonly stateOf: (jobId: string) => Promise<string | undefined>;
  readonly waitMs?: number;
  /** Between two looks at a first request that another replica is working on. */
  readonly pollMs?: number;
}

type Led = CreateOutcome | 'ask again';

/** Requests under a key that another request holds: they wait for its outcome and share it. */
export class IdempotentReplay {
  private readonly firsts = new Map<string, Promise<Led>>();

  constructor(private readonly options: IdempotentReplayOptions) {}

  /** Lets others follow this request until it has its outcome. */
  async lead(jobId: string, outcome: Promise<Led>): Promise<Led> {
    this.firsts.set(jobId, outcome);
    try {
      return await outcome;
    } finally {
      this.firsts.delete(jobId);
    }
  }

  /** The first request's outcome, its job as it is now, or `ask again` when it was refused elsewhere and its key is free. */
  async follow(request: OpenSubmission, jobId: string): Promise<Led> {
    const deadline = performance.now() + (this.options.waitMs ?? 5_000);
    const first = this.firsts.get(jobId);
    if (first) return this.share(first, deadline);
    for (;;) {
      const view = await this.options.views.one(request, jobId);
      if (view) return { ...refusal(undefined), jobId, jobJson: this.options.renderer.json(view), replayed: true };
      const state = await this.options.stateOf(jobId);
      if (state !== 'authorizing' && state !== 'submitted') return 'ask again';
      if (performance.now() >= deadline) return inProgress();
      await delay(this.options.pollMs ?? 50);
    }
  }

  private async share(first: Promise<Led>, deadline: number): Promise<Led> {
    const outcome = await within(
      Math.max(0, deadline - performance.now()),
      first.catch(() => 'ask again' as const),
    ).catch(inProgress);
    return outcome === 'ask again' || outcome.refusal !== '' ? outcome : { ...outcome, replayed: true };
  }
}

function inProgress(): CreateOutcome {
  return refusal('idempotency_in_progress', { retryAfterMs: 1_000 });
}
