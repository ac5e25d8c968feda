import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  ListEndUsersRequest,
  ListEndUsersResponse,
  ListReconciliationsRequest,
  ListReconciliationsResponse,
  ListRenderTimesRequest,
  ListRenderTimesResponse,
  ReconcileRequest,
  ReconcileResponse,
} from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import { listRuns } from '../reconciliation/reconciliation-runs.sql';
import { RenderTimes } from '../views/render-times.sql';
import { endUsersOf } from '../views/end-users.sql';
import { ReconciliationLoop, GRACE_MS } from '../reconciliation/reconciliation.loop';
import { scopeOf } from './requests.grpc';
import { DATABASE } from '@usvideo/service';

const JOBS_MAX = 1_000;
const RUNS_MAX = 100;
const SUMS_MAX = 20_000;
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** What billing asks about jobs. */
@Controller()
export class ReconciliationController {
  constructor(
    @Inject(ReconciliationLoop) private readonly reconciliation: ReconciliationLoop,
    @Inject(DATABASE) private readonly database: Database,
    private readonly renderTimes: RenderTimes,
  ) {}

  @GrpcMethod('SchedulerService', 'listEndUsers')
  async listEndUsers(request: ListEndUsersRequest): Promise<ListEndUsersResponse> {
    if (request.jobIds.length > JOBS_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `at most ${JOBS_MAX} jobs are looked up at once`);
    return { jobs: await endUsersOf(this.database, scopeOf(request), request.jobIds) };
  }

  @GrpcMethod('SchedulerService', 'reconcile')
  async reconcile({ graceSeconds }: ReconcileRequest): Promise<ReconcileResponse> {
    if (graceSeconds !== undefined && graceSeconds < 0)
      throw grpcError(status.INVALID_ARGUMENT, 'grace_seconds is 0 or more');
    return this.reconciliation.run(graceSeconds === undefined ? GRACE_MS : graceSeconds * 1_000);
  }

  @GrpcMethod('SchedulerService', 'listReconciliations')
  async listReconciliations({ limit }: ListReconciliationsRequest): Promise<ListReconciliationsResponse> {
    if (limit < 1 || limit > RUNS_MAX) throw grpcError(status.INVALID_ARGUMENT, `limit must be 1 to ${RUNS_MAX}`);
    return { runs: await listRuns(this.database, limit) };
  }

  @GrpcMethod('SchedulerService', 'listRenderTimes')
  async listRenderTimes(request: ListRenderTimesRequest): Promise<ListRenderTimesResponse> {
    demandDays(request);
    const times = await this.renderTimes.sums({ ...request, limit: SUMS_MAX + 1 });
    if (times.length > SUMS_MAX) throw grpcError(status.OUT_OF_RANGE, 'too_many_sums');
    return { times };
  }
}

function demandDays({ startDate, endDate }: ListRenderTimesRequest): void {
  const [start, end] = [startDate, endDate].map((day) => new Date(`${day}T00:00:00Z`));
  if (start?.toJSON()?.slice(0, 10) !== startDate || end?.toJSON()?.slice(0, 10) !== endDate)
    throw grpcError(status.INVALID_ARGUMENT, 'start_date and end_date are UTC days, YYYY-MM-DD');
  if (end.getTime() - start.getTime() >= DAYS_MAX * DAY_MS) throw grpcError(status.OUT_OF_RANGE, 'range_too_long');
}
