import { Controller, Inject } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { Dispatch } from './dispatch';
import type { WorkerStream } from './worker-session';

@Controller()
export class WorkController {
  constructor(@Inject(Dispatch) private readonly dispatch: Dispatch) {}

  @GrpcStreamCall('SchedulerService', 'work')
  work(stream: WorkerStream): void {
    this.dispatch.welcome(stream);
  }
}
