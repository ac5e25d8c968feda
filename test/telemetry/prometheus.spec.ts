import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { ALL_ALERTS, rulesFile } from '../../deploy/observability/source/render.ts';
import { RECORDINGS } from '../../deploy/observability/source/service-levels.ts';
import { DATABASES, ObservedPlatform } from './observed-platform';
import { load, panelReadings } from './panel-readings';
import { describePrometheus, PrometheusServer } from './prometheus-server';

const runbooks = join(__dirname, '..', '..', 'docs', 'runbooks');
/** Each block of SQL of the runbooks, with its page. */
const statements = readdirSync(runbooks).flatMap((page) =>
  [...readFileSync(join(runbooks, page), 'utf8').matchAll(/^```\n(select [^`]*)```$/gm)].map(
    (block) => [page, block[1]!] as const,
  ),
);

describePrometheus('what a real Prometheus reads of one process under load', () => {
  let observed: ObservedPlatform;
  let prometheus: PrometheusServer;
  let customerServer: HttpReceiver;
  let startedMs: number;

  beforeAll(async () => {
    customerServer = await httpReceiver();
    startedMs = Date.now();
    observed = await ObservedPlatform.start();
    prometheus = await PrometheusServer.start(observed.targets, rulesFile(ALL_ALERTS, RECORDINGS));
    await load({ observed, prometheus, customerServer, startedMs });
  }, 240_000);

  afterAll(async () => {
    await prometheus?.stop();
    await observed?.dispose();
    await customerServer.stop();
  });

  it.each(statements)('has what %s looks for in one of its databases: %s', async (_, statement) => {
    const tried = await Promise.allSettled(DATABASES.map((database) => observed.query(database, statement)));
    const answered = tried.some(({ status }) => status === 'fulfilled');
    expect(answered ? 'answered' : tried.map((one) => String((one as PromiseRejectedResult).reason))).toBe('answered');
  });

  panelReadings(() => ({ observed, prometheus, customerServer, startedMs }));
});
