import type { SchedulerServiceClient, WatchJobResponse } from '@usvideo/contracts/scheduler';
import type { Caller } from '../identity/caller';
import type { PreferredWait } from '../access/parameters.http';
import { WAIT_SECONDS_MAX } from '../access/request-headers';
import { Answer } from '../http/answer';
import { hasEnded, watchJob } from './job-watch.client';
import type { OpenStreams } from '../streams/open-streams.http';

/** RFC 7234, 5.5: a warning of a kind that has no number of its own. */
const NOT_FOLLOWED = `299 - "Prefer: wait is a number of seconds from 1 to ${WAIT_SECONDS_MAX}; this preference was not followed"`;

export interface SeenJob {
  readonly jobId: string;
  readonly status: string;
  readonly statusKind?: WatchJobResponse['statusKind'];
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
    { seconds: waitSeconds, isUnclear, response }: PreferredWait,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    if (waitSeconds === 0) return new Answer(seen.json, { ...headers, ...(isUnclear && { warning: NOT_FOLLOWED }) });
    const applied = { ...headers, 'preference-applied': `wait=${waitSeconds}` };
    if (hasEnded(seen)) return new Answer(seen.json, applied);
    const stream = this.streams.tryOpen(caller.accountId, response);
    if (!stream) return new Answer(seen.json, headers);
    try {
      const json = await this.watch(
        caller,
        seen,
        AbortSignal.any([stream.signal, AbortSignal.timeout(waitSeconds * 1_000)]),
      );
      return new Answer(json, applied);
    } catch {
      // The watch broke, as when the scheduler restarts; the customer asks again anyway.
      return new Answer(seen.json, headers);
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
}
