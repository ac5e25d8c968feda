import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { AnswerFrame, ExchangeAnswer, ExchangeCall } from './exchange-client';
import { takeFrame } from './frame';
import { type Logger, rpcDuration, rpcRequests, rpcsFromZero, inTrace, SERVER_LEAVING } from '@usvideo/runtime';

const ANSWERS_PER_FRAME_MAX = 1_024;
/** Callers of the version before do not hear that the server leaves: their stream is ended when nothing is owed on it. */
const UNHEARD_AFTER_MS = 1_000;

interface NamedCall extends ExchangeCall {
  call?: { $case: string } | undefined;
}

/**
 * Serves one exchange stream: items run concurrently, inside the caller's trace, and what is answered in a tick goes in one frame.
 * A handler that rejects is answered with a fault that tells nothing of the reason; the reason is logged. When the server that has
 * the stream stops, the caller is told to ask elsewhere, and still gets every answer it is owed.
 */
export function serveExchange<Call extends NamedCall, Answer extends ExchangeAnswer>(
  stream: ServerDuplexStream<{ calls: Call[] }, AnswerFrame<Answer>>,
  handle: (call: Call) => Promise<Omit<Answer, 'callId'>>,
  logger: Logger,
): void {
  const answers = new AnswerFrames<Answer>(stream);
  const service = stream.getPath().split('/')[1] ?? '';
  const known = new Set<string>();
  stream.on('data', (frame: { calls: Call[] }) => {
    for (const call of frame.calls) {
      const method = call.call?.$case ?? 'unknown';
      if (!known.has(method)) rpcsFromZero(service, method);
      known.add(method);
      answers.expect();
      void serveOne(call, handle, { service, method }, logger).then((answer) => answers.add(answer as Answer));
    }
  });
  stream.on('end', () => answers.endWhenDone());
  stream.once(SERVER_LEAVING, () => answers.leave());
  stream.on('error', (error: Error) => logger.debug({ err: error }, 'an exchange stream broke'));
}

async function serveOne<Call extends NamedCall>(
  call: Call,
  handle: (call: Call) => Promise<Omit<ExchangeAnswer, 'callId'>>,
  name: { service: string; method: string },
  logger: Logger,
): Promise<ExchangeAnswer> {
  const stopClock = rpcDuration.startTimer(name);
  try {
    const answer = await inTrace(call.traceparent, () => handle(call));
    rpcRequests.inc({ ...name, status: 'OK' });
    return { ...answer, callId: call.callId };
  } catch (error) {
    logger.error({ err: error, ...name }, 'an exchange call failed');
    rpcRequests.inc({ ...name, status: 'INTERNAL' });
    return { callId: call.callId, answer: { $case: 'fault', value: 'internal error' } };
  } finally {
    stopClock();
  }
}

interface AnswerStream<Answer> {
  readonly cancelled: boolean;
  write(frame: AnswerFrame<Answer>): boolean;
  end(): void;
}

class AnswerFrames<Answer> {
  readonly #stream: AnswerStream<Answer>;
  readonly #ready: Answer[] = [];
  #expected = 0;
  #ending = false;

  constructor(stream: AnswerStream<Answer>) {
    this.#stream = stream;
  }

  expect(): void {
    this.#expected += 1;
  }

  add(answer: Answer): void {
    this.#ready.push(answer);
    if (this.#ready.length === 1) setImmediate(() => this.#flush());
  }

  /** The caller has said its last word; it still gets every answer it is owed. */
  endWhenDone(): void {
    this.#ending = true;
    if (this.#expected === 0) this.#stream.end();
  }

  /** The caller ends its side once it has what it asked for here. */
  leave(): void {
    if (!this.#stream.cancelled) this.#stream.write({ answers: [], leaving: true });
    setTimeout(() => this.endWhenDone(), UNHEARD_AFTER_MS).unref();
  }

  #flush(): void {
    while (this.#ready.length > 0) {
      const answers = takeFrame(this.#ready, ANSWERS_PER_FRAME_MAX);
      this.#expected -= answers.length;
      if (!this.#stream.cancelled) this.#stream.write({ answers });
    }
    if (this.#ending && this.#expected === 0) this.#stream.end();
  }
}
