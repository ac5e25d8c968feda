import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  ListEndUsersRequest,
  ListEndUsersResponse,
  ReconcileRequest,
  ReconcileResponse,
} from '@usvideo/contracts/scheduler';
import type { Database } from '@usvideo/event-store';
import { grpcError, status } from '@usvideo/runtime';
import { endUsersOf } from '../views/end-users.sql';
import { ReconciliationLoop, GRACE_MS } from '../reconciliation/reconciliation.loop';
import { scopeOf } from './requests.grpc';
import { DATABASE } from '@usvideo/service';

const JOBS_MAX = 1_000;

/** What billing asks about jobs. */
@Controller()
export class ReconciliationController {
  constructor(
    @Inject(ReconciliationLoop) private readonly reconciliation: ReconciliationLoop,
    @Inject(DATABASE) private readonly database: Database,
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
}
