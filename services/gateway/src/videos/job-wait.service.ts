import type { SchedulerServiceClient } from '@usvideo/contracts/scheduler';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../identity/caller';
import { type Wait, WAIT_SECONDS_MAX } from '../access/request-headers';
import { hasEnded, watchJob } from './job-watch.client';
import type { OpenStreams } from '../streams/open-streams.http';

/** RFC 7234, 5.5: a warning of a kind that has no number of its own. */
const NOT_FOLLOWED = `299 - "Prefer: wait is a number of seconds from 1 to ${WAIT_SECONDS_MAX}; this preference was not followed"`;

export interface SeenJob {
  readonly jobId: string;
  readonly status: string;
  readonly json: string;
}

/**
 * `Prefer: wait=N`: the job at its end, or as it is after N seconds. Nothing is lost when the watch fails or the account has too
 * many open already: the job as it was seen is an answer too, without `Preference-Applied`.
 */
export class JobWaits {
  constructor(
    private readonly scheduler: SchedulerServiceClient,
    private readonly streams: OpenStreams,
  ) {}

  async untilEnd(
    caller: Caller,
    seen: SeenJob,
    { seconds: waitSeconds, isUnclear }: Wait,
    reply: FastifyReply,
  ): Promise<string> {
    if (isUnclear) reply.header('warning', NOT_FOLLOWED);
    if (waitSeconds === 0) return seen.json;
    if (hasEnded(seen.status)) return this.applied(reply, waitSeconds, seen.json);
    const stream = this.streams.tryOpen(caller.accountId, reply.raw);
    if (!stream) return seen.json;
    try {
      const json = await this.watch(
        caller,
        seen,
        AbortSignal.any([stream.signal, AbortSignal.timeout(waitSeconds * 1_000)]),
      );
      return this.applied(reply, waitSeconds, json);
    } catch {
      // The watch broke, as when the scheduler restarts; the customer asks again anyway.
      return seen.json;
    } finally {
      stream.close();
    }
  }

  private async watch(caller: Caller, seen: SeenJob, signal: AbortSignal): Promise<string> {
    const { accountId, environment } = caller;
    let latest = seen.json;
    for await (const change of watchJob(
      this.scheduler,
      { accountId, environment, jobId: seen.jobId, afterUpdateId: '' },
      signal,
    )) {
      latest = change.jobJson;
    }
    return latest;
  }

  private applied(reply: FastifyReply, waitSeconds: number, json: string): string {
    reply.header('preference-applied', `wait=${waitSeconds}`);
    return json;
  }
}
