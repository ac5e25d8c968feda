import { httpReceiver, type HttpReceiver } from '@usvideo/testing';
import { ALL_ALERTS, rulesFile } from '../../deploy/observability/source/render.ts';
import { RECORDINGS } from '../../deploy/observability/source/service-levels.ts';
import { ObservedPlatform } from './observed-platform';
import { load, panelReadings } from './panel-readings';
import { describePrometheus, PrometheusServer } from './prometheus-server';

describePrometheus('what a real Prometheus reads of one process under load', () => {
  let observed: ObservedPlatform;
  let prometheus: PrometheusServer;
  let customerServer: HttpReceiver;
  let startedMs: number;

  beforeAll(async () => {
    customerServer = await httpReceiver();
    startedMs = Date.now();
    observed = await ObservedPlatform.start();
    prometheus = await PrometheusServer.start(observed.operationsAddresses, rulesFile(ALL_ALERTS, RECORDINGS));
    await load({ observed, prometheus, customerServer, startedMs });
  }, 240_000);

  afterAll(async () => {
    await prometheus?.stop();
    await observed?.dispose();
    await customerServer.stop();
  });

  panelReadings(() => ({ observed, prometheus, customerServer, startedMs }));
});
