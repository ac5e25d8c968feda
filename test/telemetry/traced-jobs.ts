import { type HttpReceiver, eventually } from '@usvideo/testing';
import { CALLER_METHODS } from '@usvideo/contracts/callers';
import type { Customer, Job } from '../e2e/customer';
import { type CollectedSpan, edgesOf, type TraceCollector } from './trace-collector';

/** Who is told of whose events: the double arrows of the picture in ARCHITECTURE.md. The single ones are `CALLER_METHODS`. */
const TOLD = [
  'scheduler ═▶ ledger',
  'scheduler ═▶ webhooks',
  'ledger ═▶ webhooks',
  'accounts ═▶ scheduler',
  'accounts ═▶ webhooks',
  'ledger ═▶ scheduler',
];

const PICTURE = new Set([
  ...Object.entries(CALLER_METHODS).flatMap(([caller, callees]) =>
    Object.keys(callees).map((callee) => `${caller} ─▶ ${callee}`),
  ),
  ...TOLD,
]);

/** What a paid job with a webhook goes through, each once unless a number says otherwise. */
const LIFE_OF_A_JOB = [
  'gateway: POST /v1/videos',
  'scheduler: submit job',
  'ledger: ledger.place_hold',
  'scheduler: queue wait',
  'scheduler: attempt',
  'render-fleet: render attempt',
  'scheduler: report start',
  'render-fleet: engine render',
  'render-fleet: conform',
  'render-fleet: upload',
  'scheduler: report complete',
  'scheduler: settle',
  'ledger: ledger.settle',
  'ledger: consume job_completed',
  'webhooks: consume job_leased',
  'webhooks: consume job_completed',
  'webhooks: webhook attempt',
];

const nameOf = ({ service, name }: CollectedSpan): string => `${service}: ${name}`;

export const traceOf = (job: Job, spans: readonly CollectedSpan[]) =>
  spans.filter(({ traceId }) => traceId === job.trace_id);

export interface Traced {
  readonly live: Customer;
  readonly customerServer: HttpReceiver;
  readonly collector: TraceCollector;
  /** All that was logged, by every service. */
  readonly log: () => string;
}

export async function makeTraced(
  { live, customerServer }: Pick<Traced, 'live' | 'customerServer'>,
  headers: Record<string, string> = {},
): Promise<Job> {
  const { body } = await live.create(
    { prompt: 'a traced lighthouse', resolution: '480p', duration: 1, webhook_url: customerServer.url },
    headers,
  );
  return live.ended(body.id);
}

/** What holds of the trace of a job, whichever way the platform runs. */
export function tracesOfJobs(traced: () => Traced): void {
  const make = () => makeTraced(traced());

  it('is one, from the request to the webhook, and has exactly the edges of the picture that the job uses', async () => {
    const [first, ...others] = await Promise.all(Array.from({ length: 3 }, () => make()));
    const jobs = [first!, ...others];
    expect(jobs.map(({ status }) => status)).toEqual(jobs.map(() => 'completed'));
    const isWhole = (job: Job, spans: readonly CollectedSpan[]) =>
      LIFE_OF_A_JOB.every((name) => traceOf(job, spans).some((span) => nameOf(span) === name));
    const spans = await traced().collector.until('every span of every job', (collected) =>
      jobs.every((job) => isWhole(job, collected)),
    );
    for (const job of jobs) {
      const own = traceOf(job, spans);
      const names = own
        .map(nameOf)
        .filter((name) => !name.startsWith('accounts: '))
        .sort();
      expect(names).toEqual([...LIFE_OF_A_JOB].sort());
      const askedFirst = own.some(({ service }) => service === 'accounts') ? ['gateway ─▶ accounts'] : [];
      expect([...edgesOf(own)].sort()).toEqual(
        [
          ...askedFirst,
          'gateway ─▶ scheduler',
          'render-fleet ─▶ scheduler',
          'scheduler ─▶ ledger',
          'scheduler ═▶ ledger',
          'scheduler ═▶ webhooks',
        ].sort(),
      );
    }
    // Somebody had to ask accounts about the key; the answer is kept.
    expect([...edgesOf(spans)]).toContain('gateway ─▶ accounts');
  }, 60_000);

  it('shows no edge in any trace that the picture does not have', async () => {
    const orphans = (spans: readonly CollectedSpan[]) => {
      const known = new Set(spans.map(({ spanId }) => spanId));
      return spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !known.has(parentSpanId));
    };
    // A cause may be sent after its effect, by another process.
    const spans = await traced().collector.until(
      'every span with its cause',
      (collected) => orphans(collected).length === 0,
    );
    expect([...edgesOf(spans)].filter((edge) => !PICTURE.has(edge))).toEqual([]);
  });

  it('is on every log line that names the job', async () => {
    const job = await make();
    const lines = () =>
      traced()
        .log()
        .split('\n')
        .filter((line) => line.includes(job.id))
        .map((line) => JSON.parse(line) as { service: string; trace_id?: string; msg: string });
    await eventually(
      () =>
        lines().some(({ service }) => service === 'webhooks') &&
        lines().some(({ service }) => service === 'render-fleet'),
      { what: 'the log lines of the job', deadlineMs: 30_000 },
    );
    expect(lines().filter(({ trace_id }) => trace_id !== job.trace_id)).toEqual([]);
  }, 60_000);
}
