import type { Database } from '@usvideo/event-store';
import { endsWithin, GuardedHttpClient, inSpan, OutboundError, traceparentOfKey, type Logger } from '@usvideo/runtime';
import { claimDeliveries, releaseDeliveries, type ClaimedDelivery, type ClaimLimits } from './delivery-claim.sql';
import { AttemptRecords, type AttemptRecord, type Clock } from './delivery.store';
import type { EndpointSwitch } from './breaker';
import type { SigningSecretStore } from '../secrets/signing-secret.store';
import { signedHeaders } from '../secrets/signature';
import { webhookAttempts, webhookDuration } from '../metrics';

export interface DeliveryWorkerOptions {
  readonly database: Database;
  readonly http: GuardedHttpClient;
  readonly secrets: Pick<SigningSecretStore, 'inUse'>;
  /** What the customer wants sent with each request to an endpoint. */
  readonly endpoints: { headersOf(endpointId: string): Promise<Record<string, string>> };
  readonly notices: EndpointSwitch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For a whole attempt: name, connection, answer. */
  readonly timeoutMs: number;
  /** Attempts under way in this process at most. */
  readonly slots: number;
  readonly limits: ClaimLimits;
  /** A place is free, or an account has more due than it may start at once. */
  readonly lookSoon: () => void;
}

type Answer = Pick<AttemptRecord, 'httpStatus' | 'error' | 'retryAfter' | 'responseExcerpt' | 'address'>;

const ANSWER_BYTES_MAX = 16 * 1024;
const USER_AGENT = 'US-Video-API-Webhooks/1.0';
/** The receiver says that it will never want a webhook again. */
const GONE = 410;
/** What a lease must last beyond an attempt, for its record to be written. */
const LEASE_MARGIN_MS = 5_000;
/** Told from the start, so that a first failure shows as an increase. */
const OUTCOMES = ['delivered', 'http_4xx', 'http_5xx', 'timeout', 'connection_failed'];
/** How long a stop waits for attempts under way before it gives them back. */
const STOP_GRACE_MS = 3_000;

/** Leases due deliveries and makes their attempts, each by itself: a slow server holds its own slots and nobody else's. */
export class DeliveryWorker {
  private readonly underWay = new Map<ClaimedDelivery, Promise<void>>();
  private readonly records: AttemptRecords;
  private turn = '';
  private stopped = false;
  private abandoned = false;

  constructor(private readonly options: DeliveryWorkerOptions) {
    const { clock, database, limits, timeoutMs } = options;
    this.records = new AttemptRecords(database, clock);
    for (const outcome of OUTCOMES) webhookAttempts.inc({ outcome }, 0);
    if (limits.leaseMs < timeoutMs + LEASE_MARGIN_MS) {
      throw new Error(
        `a lease of ${limits.leaseMs} ms is too short for attempts of ${timeoutMs} ms: a delivery could be made twice at once`,
      );
    }
  }

  /** Starts what is due and fits; true when there may be more. */
  async run(): Promise<boolean> {
    const free = this.options.slots - this.underWay.size;
    if (this.stopped || free <= 0) return false;
    const { deliveries, more, moreSoon, turn } = await claimDeliveries(
      this.options.database,
      this.options.clock,
      this.options.limits,
      free,
      this.turn,
    );
    this.turn = turn;
    for (const delivery of deliveries) this.start(delivery);
    if (moreSoon) this.options.lookSoon();
    return more;
  }

  /** Attempts that do not end in time are given back unmade; a receiver may then see their webhook-id twice. */
  async stop(): Promise<void> {
    this.stopped = true;
    await endsWithin(STOP_GRACE_MS, Promise.all(this.underWay.values()));
    this.abandoned = true;
    await releaseDeliveries(this.options.database, this.options.clock, [...this.underWay.keys()]);
  }

  private start(delivery: ClaimedDelivery): void {
    const attempt = this.deliver(delivery)
      .catch((error: unknown) =>
        this.options.logger.error(
          { err: error, delivery_id: delivery.deliveryId },
          'an attempt was not recorded; its lease will run out',
        ),
      )
      .finally(() => {
        this.underWay.delete(delivery);
        this.options.lookSoon();
      });
    this.underWay.set(delivery, attempt);
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const attributes = {
      'job.id': delivery.jobId,
      'delivery.id': delivery.deliveryId,
      'delivery.attempt': delivery.attempt,
    };
    const links =
      delivery.request === 1 ? [] : [traceparentOfKey(delivery.traceparent, spanKey(delivery, delivery.request - 1))];
    const key = spanKey(delivery, delivery.request);
    await inSpan(
      'webhook attempt',
      { service: 'webhooks', parent: delivery.traceparent, kind: 'client', attributes, key, links },
      async () => {
        const started = performance.now();
        const answer = await this.send(delivery);
        if (this.abandoned) return;
        const durationMs = Math.round(performance.now() - started);
        webhookDuration.observe(durationMs / 1_000);
        const result = await this.records.record({ ...delivery, ...answer, durationMs });
        webhookAttempts.inc({ outcome: result?.status === 'delivered' ? 'delivered' : outcomeOf(answer) });
        if (result !== undefined && answer.httpStatus === GONE && delivery.endpointId !== '')
          await this.options.notices.disable(delivery.endpointId, 'gone');
        const { accountId: account_id, attempt, jobId: job_id } = delivery;
        this.options.logger.debug(
          { account_id, job_id, attempt, http_status: answer.httpStatus, error: answer.error, result },
          'webhook attempted',
        );
      },
    );
  }

  private async send(delivery: ClaimedDelivery): Promise<Answer> {
    const { body, endpointId, eventId, url } = delivery;
    const { endpoints, http, secrets, timeoutMs } = this.options;
    const [signing, own] = await Promise.all([
      secrets.inUse(delivery),
      endpointId === '' ? {} : endpoints.headersOf(endpointId),
    ]);
    const headers = {
      ...own,
      ...signedHeaders(signing, { eventId, body, sentAt: new Date() }),
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
    };
    try {
      const answer = await http.request({
        method: 'POST',
        url,
        body,
        timeoutMs,
        responseBytesMax: ANSWER_BYTES_MAX,
        headers,
      });
      const retryAfter = answer.headers['retry-after'];
      return {
        httpStatus: answer.status,
        error: errorOf(answer.status),
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        responseExcerpt: excerpt(answer.body),
        address: answer.address,
      };
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return {
        httpStatus: 0,
        error: error.kind,
        retryAfter: undefined,
        responseExcerpt: excerpt(error.received),
        address: error.address,
      };
    }
  }
}

/** An attempt links to the one before it, which another replica may have made. */
const spanKey = ({ deliveryId }: ClaimedDelivery, request: number): string => `${deliveryId} ${request}`;

/** Few enough values for a metric's label. */
function outcomeOf({ error, httpStatus }: Answer): string {
  return httpStatus === 0 ? error : `http_${Math.floor(httpStatus / 100)}xx`;
}

/** A redirect is never followed: its target was chosen by whoever answered and judged by nobody. */
function errorOf(status: number): string {
  if (status >= 200 && status < 300) return '';
  return status >= 300 && status < 400 ? 'redirect_refused' : 'http_error';
}

/** PostgreSQL's text holds everything but NUL. */
function excerpt(answer: Buffer): string {
  return answer.toString('utf8').replaceAll('\u0000', '\uFFFD');
}
