import type { ClientDuplexStream } from '@grpc/grpc-js';
import { bytesOf, takeFrame } from './frame';
import {
  backOffMs,
  type Running,
  type Logger,
  currentTraceparent,
  REPLICA_BACK_WITHIN_MS,
  wasNeverSent,
} from '@usvideo/runtime';

/** The call may or may not have been carried out; the caller asks again under the same natural key. */
export class ExchangeUnavailable extends Error {
  constructor(reason: string) {
    super(`exchange: ${reason}`);
    this.name = 'ExchangeUnavailable';
  }
}

/** No answer in time; the call may still be carried out. */
export class ExchangeTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`exchange: no answer within ${timeoutMs} ms`);
    this.name = 'ExchangeTimeout';
  }
}

export interface ExchangeCall {
  callId: number;
  traceparent: string;
}
export interface ExchangeAnswer {
  callId: number;
  answer?: { $case: string; value: unknown } | undefined;
}

export interface AnswerFrame<Answer> {
  answers: Answer[];
  /** The other side is about to stop: it answers what it was asked on this stream. */
  leaving?: boolean | undefined;
}

/** A call as its maker writes it; the trace is the current one unless given. */
export type NewCall<Call extends ExchangeCall> = Omit<Call, 'callId' | 'traceparent'> & { traceparent?: string };

export interface ExchangeClientOptions<Call, Answer> {
  readonly open: () => ClientDuplexStream<{ calls: Call[] }, AnswerFrame<Answer>>;
  readonly logger: Logger;
  /** Calls sent and not answered at most; more wait their turn. */
  readonly outstandingMax?: number;
  /** Calls waiting their turn at most; more are refused at once. */
  readonly queuedMax?: number;
}

interface OpenStream<Call, Answer> {
  readonly stream: ClientDuplexStream<{ calls: Call[] }, AnswerFrame<Answer>>;
  readonly openedAt: number;
  readonly outstanding: Set<number>;
  heardAt: number;
}

interface Pending<Call, Answer> {
  readonly call: Call;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  readonly madeAt: number;
  sentOn: OpenStream<Call, Answer> | undefined;
  sentAt: number;
}

const UINT32_MAX = 0xffff_ffff;
const CALLS_PER_FRAME_MAX = 128;
/** Shorter than the server's grace for ageing connections, so that a stream in use is never cut for its age. */
const STREAM_LIFE_MS = 60_000;
const BACK_OFF = { firstMs: 50, maxMs: 2_000 };

/** Carries many small calls over one bidirectional stream: a frame holds what queued in a tick, answers come in any order. */
export class ExchangeClient<Call extends ExchangeCall, Answer extends ExchangeAnswer> implements Running {
  readonly #options: ExchangeClientOptions<Call, Answer>;
  readonly #outstandingMax: number;
  readonly #queuedMax: number;
  readonly #pending = new Map<number, Pending<Call, Answer>>();
  #queue: number[] = [];
  #outstanding = 0;
  #current: OpenStream<Call, Answer> | undefined;
  #lastId = 0;
  #flushing = false;
  #failures = 0;
  #openNotBefore = 0;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ExchangeClientOptions<Call, Answer>) {
    this.#options = options;
    this.#outstandingMax = options.outstandingMax ?? 1024;
    this.#queuedMax = options.queuedMax ?? 10_000;
  }

  /** Rejects with `ExchangeTimeout`, or with `ExchangeUnavailable` when the stream broke, the other side failed or too much waits. */
  request(call: NewCall<Call>, timeoutMs: number): Promise<Answer> {
    if (this.#stopped) return Promise.reject(new ExchangeUnavailable('stopped'));
    if (this.#pending.size - this.#outstanding >= this.#queuedMax)
      return Promise.reject(new ExchangeUnavailable('too many calls wait'));
    const callId = this.#nextId();
    const complete = { ...call, callId, traceparent: call.traceparent ?? currentTraceparent() } as unknown as Call;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#timeOut(callId, timeoutMs), timeoutMs);
      const madeAt = performance.now();
      this.#pending.set(callId, { call: complete, resolve, reject, timer, madeAt, sentOn: undefined, sentAt: 0 });
      this.#queue.push(callId);
      this.#flushSoon();
    });
  }

  /** Whatever is unanswered rejects with `ExchangeUnavailable`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#queue = [];
    const last = this.#current;
    this.#current = undefined;
    for (const callId of [...this.#pending.keys()]) this.#settle(callId)?.reject(new ExchangeUnavailable('stopped'));
    last?.stream.end();
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % UINT32_MAX) + 1;
    while (this.#pending.has(this.#lastId));
    return this.#lastId;
  }

  #flushSoon(): void {
    if (this.#flushing || this.#stopped) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#queue.length === 0 || this.#stopped) return;
    const open = this.#usableStream();
    if (open === undefined) return;
    while (this.#queue.length > 0 && this.#outstanding < this.#outstandingMax) {
      const room = Math.min(CALLS_PER_FRAME_MAX, this.#outstandingMax - this.#outstanding);
      // A call that timed out while it waited is in the books no more.
      const waiting = this.#queue.splice(0, room).flatMap((callId) => this.#pending.get(callId) ?? []);
      const frame = takeFrame(waiting, room, ({ call }) => bytesOf(call));
      this.#queue.unshift(...waiting.map(({ call }) => call.callId));
      if (frame.length > 0) open.stream.write({ calls: frame.map((pending) => this.#markSent(pending, open)) });
    }
  }

  #markSent(pending: Pending<Call, Answer>, open: OpenStream<Call, Answer>): Call {
    pending.sentOn = open;
    pending.sentAt = performance.now();
    open.outstanding.add(pending.call.callId);
    this.#outstanding += 1;
    return pending.call;
  }

  #usableStream(): OpenStream<Call, Answer> | undefined {
    const now = performance.now();
    if (this.#current !== undefined && now - this.#current.openedAt < STREAM_LIFE_MS) return this.#current;
    if (now < this.#openNotBefore) {
      this.#retryAt(this.#openNotBefore - now);
      return undefined;
    }
    const old = this.#current;
    this.#current = this.#open(now);
    if (old !== undefined) endWhenDone(old);
    return this.#current;
  }

  #retryAt(delayMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#flush(), delayMs);
  }

  #open(now: number): OpenStream<Call, Answer> {
    const open: OpenStream<Call, Answer> = {
      stream: this.#options.open(),
      openedAt: now,
      outstanding: new Set(),
      heardAt: performance.now(),
    };
    open.stream.on('data', (frame: AnswerFrame<Answer>) => {
      open.heardAt = performance.now();
      this.#receive(frame.answers);
      if (frame.leaving === true) this.#leave(open);
    });
    open.stream.on('error', (error: Error) => {
      if (wasNeverSent(error)) this.#takeBack(open);
      this.#broke(open, error.message);
    });
    open.stream.on('end', () => this.#broke(open, 'the other side ended the stream'));
    return open;
  }

  #receive(answers: Answer[]): void {
    this.#failures = 0;
    for (const answer of answers) {
      const pending = this.#settle(answer.callId);
      if (pending === undefined) continue;
      if (answer.answer?.$case === 'fault')
        pending.reject(new ExchangeUnavailable(`the other side failed: ${String(answer.answer.value)}`));
      else pending.resolve(answer);
    }
  }

  /** Takes the call off the books; undefined when it is off already, as for a late answer. */
  #settle(callId: number): Pending<Call, Answer> | undefined {
    const pending = this.#pending.get(callId);
    if (pending === undefined) return undefined;
    this.#pending.delete(callId);
    clearTimeout(pending.timer);
    if (pending.sentOn !== undefined) {
      this.#outstanding -= 1;
      pending.sentOn.outstanding.delete(callId);
      if (pending.sentOn !== this.#current) endWhenDone(pending.sentOn);
    }
    if (this.#queue.length > 0) this.#flushSoon();
    return pending;
  }

  /**
   * A stream that said nothing at all since the call was sent may lead to a replica that hangs: calls after this one take another,
   * which the channel gives to the next replica.
   */
  #timeOut(callId: number, timeoutMs: number): void {
    const pending = this.#settle(callId);
    if (pending === undefined) return;
    pending.reject(new ExchangeTimeout(timeoutMs));
    const { sentOn, sentAt } = pending;
    if (sentOn === undefined || sentOn !== this.#current || sentOn.heardAt > sentAt) return;
    this.#current = undefined;
    endWhenDone(sentOn);
  }

  /** Calls after this one take another stream, which the channel gives to a replica that stays. */
  #leave(open: OpenStream<Call, Answer>): void {
    if (this.#current === open) this.#current = undefined;
    endWhenDone(open);
  }

  /** What never left here, because no replica was there, is sent once one is, unless it has waited long enough for that. */
  #takeBack(open: OpenStream<Call, Answer>): void {
    const young = [...open.outstanding].filter(
      (callId) => performance.now() - this.#pending.get(callId)!.madeAt < REPLICA_BACK_WITHIN_MS,
    );
    for (const callId of young) {
      open.outstanding.delete(callId);
      this.#outstanding -= 1;
      this.#pending.get(callId)!.sentOn = undefined;
    }
    this.#queue.unshift(...young);
    if (young.length > 0) this.#flushSoon();
  }

  #broke(open: OpenStream<Call, Answer>, reason: string): void {
    if (this.#current === open) {
      this.#current = undefined;
      this.#failures += 1;
      this.#openNotBefore = performance.now() + backOffMs(this.#failures, BACK_OFF);
      this.#options.logger.warn(
        { reason, outstanding: open.outstanding.size, failures: this.#failures },
        'an exchange stream broke',
      );
    }
    for (const callId of [...open.outstanding]) this.#settle(callId)?.reject(new ExchangeUnavailable(reason));
  }
}

function endWhenDone(open: { outstanding: Set<number>; stream: { end(): void } }): void {
  if (open.outstanding.size === 0) open.stream.end();
}
