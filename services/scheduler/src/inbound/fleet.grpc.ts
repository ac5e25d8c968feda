import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  ListQueuesResponse,
  ListWorkersRequest,
  ListWorkersResponse,
  SetCordonRequest,
  SetCordonResponse,
} from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import { DATABASE } from '@usvideo/service';
import { FleetEstimate } from '../capacity/fleet-estimate.loop';
import { cordonOf } from '../workers/cordon';
import { liftCordon, listCordons, setCordon } from '../workers/cordons.sql';
import { listFleet } from '../workers/fleet.sql';

const PAGE_MAX = 100;
const GRACE_SECONDS_MAX = 86_400;

/** The fleet as operators see it, and what they keep from taking more work. */
@Controller()
export class FleetController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly estimate: FleetEstimate,
  ) {}

  @GrpcMethod('SchedulerService', 'listQueues')
  listQueues(): ListQueuesResponse {
    const seen = this.estimate.queues();
    if (seen === undefined) throw grpcError(status.UNAVAILABLE, 'the queue was not looked at yet');
    return {
      ageSeconds: seen.ageSeconds,
      queues: seen.queues.map(({ eligible, held, ...rest }) => ({
        ...rest,
        eligible: eligible.jobs,
        eligibleOldestSeconds: eligible.oldestSeconds,
        held: held.jobs,
        heldOldestSeconds: held.oldestSeconds,
      })),
    };
  }

  @GrpcMethod('SchedulerService', 'listWorkers')
  async listWorkers({ afterWorkerId, limit }: ListWorkersRequest): Promise<ListWorkersResponse> {
    if (limit < 1 || limit > PAGE_MAX) throw grpcError(status.INVALID_ARGUMENT, `limit must be 1 to ${PAGE_MAX}`);
    const [found, cordons] = await Promise.all([
      listFleet(this.database, afterWorkerId, limit),
      listCordons(this.database),
    ]);
    const workers = found.slice(0, limit).map(({ jobClasses, ...worker }) => ({
      ...worker,
      jobClasses: [...jobClasses],
      cordon: cordonOf(cordons, worker)?.state ?? '',
    }));
    return { workers, hasMore: found.length > limit };
  }

  /** A name that nobody has yet is kept from work as soon as somebody has it. */
  @GrpcMethod('SchedulerService', 'setCordon')
  async setCordon({ author, graceSeconds, kind, name, state }: SetCordonRequest): Promise<SetCordonResponse> {
    if (kind !== 'worker' && kind !== 'node') throw grpcError(status.INVALID_ARGUMENT, 'kind must be worker or node');
    if (name === '' || name.length > 253) throw grpcError(status.INVALID_ARGUMENT, 'name must be 1 to 253 characters');
    if (graceSeconds !== undefined && (graceSeconds < 0 || graceSeconds > GRACE_SECONDS_MAX))
      throw grpcError(status.INVALID_ARGUMENT, `grace_seconds must be 0 to ${GRACE_SECONDS_MAX}`);
    if (state === 'none') await liftCordon(this.database, kind, name);
    else if (state === 'cordoned' || state === 'draining')
      await setCordon(this.database, {
        kind,
        name,
        state,
        graceSeconds: state === 'draining' ? graceSeconds : undefined,
        author,
      });
    else throw grpcError(status.INVALID_ARGUMENT, 'state must be cordoned, draining or none');
    return {};
  }
}
