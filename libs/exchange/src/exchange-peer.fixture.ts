import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  LedgerServiceService,
  type ExchangeRequest,
  type ExchangeResponse,
  type LedgerAnswer,
  type LedgerCall,
} from '@usvideo/contracts/ledger';
import { serveExchange } from './exchange-server';
import { createLogger } from '@usvideo/runtime';

type ServerStream = ServerDuplexStream<ExchangeRequest, ExchangeResponse>;
type Handle = (call: LedgerCall) => Promise<Omit<LedgerAnswer, 'callId'>>;

const logger = createLogger('test', 'silent');

export const voidHold = (jobId: string) => ({
  call: { $case: 'voidHold' as const, value: { accountId: 'acc_1', jobId } },
});
export const jobIdOf = (call: LedgerCall): string => (call.call?.$case === 'voidHold' ? call.call.value.jobId : '');
export const refusalOf = (answer: LedgerAnswer): string =>
  answer.answer?.$case === 'voidHold' ? answer.answer.value.refusal : '?';
export const answerWith = (refusal: string): Omit<LedgerAnswer, 'callId'> => ({
  answer: { $case: 'voidHold', value: { refusal } },
});
export const echo: Handle = async (call) => answerWith(jobIdOf(call));

/** One real server whose behaviour a test replaces; `frames` holds the sizes of what arrived. */
export class Peer {
  readonly frames: number[] = [];
  readonly streams: ServerStream[] = [];
  handle: Handle = echo;
  serve: ((stream: ServerStream) => void) | undefined;
  #server: Server | undefined;
  address = '127.0.0.1:0';

  async start(): Promise<void> {
    const server = new Server();
    server.addService(LedgerServiceService, { exchange: (stream: ServerStream) => this.#accept(stream) } as never);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(this.address, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    this.address = `127.0.0.1:${port}`;
    this.#server = server;
  }

  kill(): void {
    this.#server?.forceShutdown();
  }

  #accept(stream: ServerStream): void {
    this.streams.push(stream);
    stream.on('data', (frame: ExchangeRequest) => this.frames.push(frame.calls.length));
    if (this.serve === undefined) serveExchange<LedgerCall, LedgerAnswer>(stream, (call) => this.handle(call), logger);
    else this.serve(stream);
  }
}
