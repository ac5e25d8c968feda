import { z } from 'zod';
import { Lifecycle, type Running } from './lifecycle/lifecycle';
import { createLogger, type Logger } from './log/logger';
import { startOperationsServer, type Readiness } from './http/operations-server';
import { onStopSignal } from './lifecycle/stop-request';
import { startTracing } from './tracing/tracing';
import { observeBuild } from './version';

/** The settings of every service that is a process of its own. */
export const processSettings = {
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('The least severe log line that is written.'),
  OPS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8081)
    .describe('Port of `/healthz`, `/readyz` and `/metrics`; 0 takes a free one.'),
  OPS_HOST: z.string().default('0.0.0.0').describe('Address the operations port listens on.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .optional()
    .describe(
      "Where traces are sent, as OTLP over HTTP. Unset: they have ids and are not recorded. OpenTelemetry's `OTEL_EXPORTER_OTLP_*` (headers, compression, certificates) and `OTEL_RESOURCE_ATTRIBUTES` hold too.",
    ),
  STOP_WITH_STDIN: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe(
      'Whether the process stops when its standard input ends, so that it never outlives the program that started it.',
    ),
};

export type ProcessConfig = z.output<z.ZodObject<typeof processSettings>>;

/** A service as its process sees it. */
export interface Service extends Running {
  ready(): Promise<Readiness>;
  /** How long stopping may take before the process ends all the same; 25 s unless told. */
  readonly stopWithinMs?: number;
}

export interface ServiceSetting<Config> {
  readonly config: Config;
  readonly logger: Logger;
  /** For what the service uses and does not stop itself: stopped after it. */
  readonly lifecycle: Lifecycle;
}

const STOP_WITHIN_MS = 25_000;
/** For what stops after the service: the operations port, the last traces. */
const LAST_PARTS_MS = 5_000;

/**
 * The life of a service that is a process of its own. SIGTERM, SIGINT and an uncaught error end it: it says that it is not ready,
 * takes no more work, finishes what it has and lets go of what it uses, in this order and in bounded time.
 */
export async function runService<Config extends ProcessConfig>(
  name: string,
  readConfig: () => Config,
  start: (setting: ServiceSetting<Config>) => Promise<Service>,
): Promise<void> {
  const config = configOrExit(name, readConfig);
  const logger = createLogger(name, config.LOG_LEVEL);
  const service = new ServiceProcess(config, logger);
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an error was caught nowhere');
    process.exit(1);
  });
  const ask = onStopSignal(
    (reason) => service.stop(reason),
    () => process.exit(1),
  );
  if (config.STOP_WITH_STDIN) process.stdin.once('close', () => ask('the end of the standard input')).resume();
  await service.run(name, start);
}

function configOrExit<Config>(name: string, readConfig: () => Config): Config {
  try {
    return readConfig();
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}`);
    process.exit(1);
  }
}

class ServiceProcess<Config extends ProcessConfig> {
  readonly #lifecycle: Lifecycle;
  #starting: Promise<void> = Promise.resolve();
  #service: Service | undefined;
  #stopping = false;

  constructor(
    private readonly config: Config,
    private readonly logger: Logger,
  ) {
    this.#lifecycle = new Lifecycle(logger, { stopWithinMs: LAST_PARTS_MS });
  }

  async run(name: string, start: (setting: ServiceSetting<Config>) => Promise<Service>): Promise<void> {
    this.#starting = this.#start(name, start);
    try {
      await this.#starting;
      this.logger.info('serving');
    } catch (error) {
      this.logger.fatal({ err: error }, 'the service could not start');
      this.stop('a failed start', 1);
    }
  }

  stop(reason: string, exitCode = 0): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.logger.info({ reason }, 'stopping');
    const stopWithinMs = (this.#service?.stopWithinMs ?? STOP_WITHIN_MS) + 2 * LAST_PARTS_MS;
    setTimeout(() => this.#giveUp(stopWithinMs), stopWithinMs);
    void this.#stopAll().then((isClean) => process.exit(isClean ? exitCode : 1));
  }

  async #start(name: string, start: (setting: ServiceSetting<Config>) => Promise<Service>): Promise<void> {
    const { config, logger } = this;
    observeBuild(name);
    const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
    const tracing = await startTracing({
      serviceName: name,
      ...(endpoint === undefined ? {} : { otlpEndpoint: endpoint }),
    });
    this.#lifecycle.add('tracing', () => tracing.stop());
    const operations = await startOperationsServer({
      port: config.OPS_PORT,
      host: config.OPS_HOST,
      ready: () => this.#ready(),
      logger,
    });
    this.#lifecycle.add('operations port', () => operations.stop());
    this.#service = await start({ config, logger, lifecycle: this.#lifecycle });
  }

  async #ready(): Promise<Readiness> {
    if (this.#service === undefined || this.#stopping) return { needs: { service: false } };
    return this.#service.ready();
  }

  /** A start under way is waited for, so that nothing of it is left running. */
  async #stopAll(): Promise<boolean> {
    await Promise.allSettled([this.#starting]);
    const [stopped] = await Promise.allSettled([this.#service?.stop()]);
    if (stopped.status === 'rejected')
      this.logger.error({ err: stopped.reason as Error }, 'the service did not stop cleanly');
    await this.#lifecycle.stop();
    this.logger.info('stopped');
    return stopped.status === 'fulfilled';
  }

  #giveUp(stopWithinMs: number): void {
    this.logger.fatal(`not stopped within ${stopWithinMs} ms`);
    process.exit(1);
  }
}
