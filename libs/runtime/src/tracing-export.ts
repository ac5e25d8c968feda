import { trace, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';

/**
 * Sends every sampled span to an OpenTelemetry collector over OTLP/HTTP. No automatic instrumentation: the platform's own
 * spans are the picture, and hooks on every library call would cost more than the calls.
 */
export function exportingTracer(serviceName: string, endpoint: string): { tracer: Tracer; stop: () => Promise<void> } {
  const sdk = new NodeSDK({
    serviceName,
    traceExporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    resourceDetectors: [],
  });
  sdk.start();
  return { tracer: trace.getTracer('usvideo'), stop: () => sdk.shutdown() };
}
