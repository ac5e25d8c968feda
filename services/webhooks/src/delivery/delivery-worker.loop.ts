import type { Database } from '@usvideo/event-store';
import { GuardedHttpClient, inSpan, OutboundError, traceparentOfKey, webhookAttempts, webhookDuration, type Logger } from '@usvideo/runtime';
import { claimDeliveries, releaseDeliveries, type ClaimedDelivery, type ClaimLimits } from './delivery-claim.sql';
import { recordAttempt, type AttemptRecord, type Clock } from './delivery.store';
import type { SecretStore } from '../secrets/secret.store';
import { signedHeaders } from '../secrets/signature';

export interface DeliveryWorkerOptions {
  readonly database: Database;
  readonly http: GuardedHttpClient;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For a whole attempt: name, connection, answer. */
  readonly timeoutMs: number;
  /** Attempts under way in this process at most. */
  readonly slots: number;
  readonly limits: ClaimLimits;
  readonly onSlotFreed: () => void;
}

type Answer = Pick<AttemptRecord, 'httpStatus' | 'error' | 'retryAfter' | 'responseExcerpt'>;

const ANSWER_BYTES_MAX = 16 * 1024;
const EXCERPT_CHARACTERS = 1_024;
const USER_AGENT = 'US-Video-API-Webhooks/1.0';
/** What a lease must last beyond an attempt, for its record to be written. */
const LEASE_MARGIN_MS = 5_000;
/** Told from the start, so that a first failure shows as an increase. */
const OUTCOMES = ['delivered', 'http_4xx', 'http_5xx', 'timeout', 'connection_failed'];
/** How long a stop waits for attempts under way before it gives them back. */
const STOP_GRACE_MS = 3_000;

/** Leases due deliveries and makes their attempts, each by itself: a slow server holds its own slots and nobody else's. */
export class DeliveryWorker {
  private readonly underWay = new Map<ClaimedDelivery, Promise<void>>();
  private stopped = false;
  private abandoned = false;

  constructor(private readonly options: DeliveryWorkerOptions) {
    const { limits, timeoutMs } = options;
    for (const outcome of OUTCOMES) webhookAttempts.inc({ outcome }, 0);
    if (limits.leaseMs < timeoutMs + LEASE_MARGIN_MS) {
      throw new Error(`a lease of ${limits.leaseMs} ms is too short for attempts of ${timeoutMs} ms: a delivery could be made twice at once`);
    }
  }

  /** Starts what is due and fits; true when there may be more. */
  async run(): Promise<boolean> {
    const free = this.options.slots - this.underWay.size;
    if (this.stopped || free <= 0) return false;
    const { deliveries, more } = await claimDeliveries(this.options.database, this.options.clock, this.options.limits, free);
    for (const delivery of deliveries) this.start(delivery);
    return more;
  }

  /** Attempts that do not end in time are given back unmade; a receiver may then see their webhook-id twice. */
  async stop(): Promise<void> {
    this.stopped = true;
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => { timer = setTimeout(resolve, STOP_GRACE_MS); });
    await Promise.race([Promise.all(this.underWay.values()), grace]);
    clearTimeout(timer);
    this.abandoned = true;
    await releaseDeliveries(this.options.database, this.options.clock, [...this.underWay.keys()]);
  }

  private start(delivery: ClaimedDelivery): void {
    const attempt = this.deliver(delivery)
      .catch((error: unknown) => this.options.logger.error({ err: error, delivery_id: delivery.deliveryId }, 'an attempt was not recorded; its lease will run out'))
      .finally(() => {
        this.underWay.delete(delivery);
        this.options.onSlotFreed();
      });
    this.underWay.set(delivery, attempt);
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const attributes = { 'job.id': delivery.jobId, 'delivery.id': delivery.deliveryId, 'delivery.attempt': delivery.attempt };
    const links = delivery.attempt === 1 ? [] : [traceparentOfKey(delivery.traceparent, spanKey(delivery, delivery.attempt - 1))];
    const key = spanKey(delivery, delivery.attempt);
    await inSpan('webhook attempt', { service: 'webhooks', parent: delivery.traceparent, kind: 'client', attributes, key, links }, async () => {
      const started = performance.now();
      const answer = await this.send(delivery);
      if (this.abandoned) return;
      const durationMs = Math.round(performance.now() - started);
      webhookDuration.observe(durationMs / 1_000);
      const verdict = await recordAttempt(this.options.database, this.options.clock, { ...delivery, ...answer, durationMs });
      webhookAttempts.inc({ outcome: verdict?.status === 'delivered' ? 'delivered' : outcomeOf(answer) });
      const { accountId: account_id, attempt, jobId: job_id } = delivery;
      this.options.logger.debug({ account_id, job_id, attempt, http_status: answer.httpStatus, error: answer.error, verdict }, 'webhook attempted');
    });
  }

  private async send({ accountId, body, eventId, url }: ClaimedDelivery): Promise<Answer> {
    const secret = await this.options.secrets.ensure(accountId);
    try {
      const { body: answer, headers, status } = await this.options.http.request({
        method: 'POST', url, body, timeoutMs: this.options.timeoutMs, responseBytesMax: ANSWER_BYTES_MAX,
        headers: { ...signedHeaders(secret, { eventId, body, sentAt: new Date() }), 'content-type': 'application/json', 'user-agent': USER_AGENT },
      });
      const retryAfter = headers['retry-after'];
      return { httpStatus: status, error: errorOf(status), retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined, responseExcerpt: excerpt(answer) };
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return { httpStatus: 0, error: error.kind, retryAfter: undefined, responseExcerpt: '' };
    }
  }
}

/** An attempt links to the one before it, which another replica may have made. */
const spanKey = ({ deliveryId }: ClaimedDelivery, attempt: number): string => `${deliveryId} ${attempt}`;

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
  return answer.toString('utf8').replaceAll('\u0000', '\uFFFD').slice(0, EXCERPT_CHARACTERS);
}
