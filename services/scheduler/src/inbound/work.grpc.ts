import { Controller, Inject } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { Dispatch } from '../dispatch/dispatch.service';
import type { WorkerStream } from '../workers/worker-session.stream';

@Controller()
export class WorkController {
  constructor(@Inject(Dispatch) private readonly dispatch: Dispatch) {}

  @GrpcStreamCall('SchedulerService', 'work')
  work(stream: WorkerStream): void {
    this.dispatch.welcome(stream);
  }
}
