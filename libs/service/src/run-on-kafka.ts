import { openKafka, type EventTransport, type KafkaSettings } from '@usvideo/messaging';
import { runService, type Logger, type ProcessConfig, type Service } from '@usvideo/runtime';

type KafkaConfig = ProcessConfig & KafkaSettings & { readonly SERVICE_TOKEN?: string | undefined };

/**
 * The life of a service that is a process of its own, on Kafka, whose absence its readiness shows.
 * @param publishers where the publisher of each topic that is heard answers for its log
 */
export function runOnKafka<Config extends KafkaConfig>(
  service: string,
  readConfig: () => Config,
  start: (use: {
    readonly config: Config;
    readonly transport: EventTransport;
    readonly logger: Logger;
  }) => Promise<Service>,
  publishers: (config: Config) => Readonly<Record<string, string>> = () => ({}),
): Promise<void> {
  return runService(service, readConfig, async ({ config, logger, lifecycle }) => {
    const kafka = openKafka(config, {
      service,
      publishers: publishers(config),
      token: config.SERVICE_TOKEN,
      logger,
      lifecycle,
    });
    return kafka.shownBy(await start({ config, transport: kafka.transport, logger }));
  });
}
