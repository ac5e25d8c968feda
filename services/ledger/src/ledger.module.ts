import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { EventLogServiceService } from '@usvideo/contracts/events';
import { LedgerServiceService } from '@usvideo/contracts/ledger';
import { isAnswering, openDatabase, type Database } from '@usvideo/event-store';
import { eventLogController, type EventTransport } from '@usvideo/messaging';
import { ledgerImbalance, Lifecycle, migrateDatabase, startGrpcServer, startLoop, type Logger, type Service } from '@usvideo/runtime';
import type { LedgerConfig } from './config';
import { jobsSubscription } from './inbound/jobs.consumer';
import { LedgerController, LOGGER } from './inbound/ledger.grpc';
import { TOPIC } from './outbound/event-codec';
import { LedgerReader } from './outbound/ledger-reader';
import { LedgerWriter } from './outbound/ledger-writer';
import { Migration0001Ledger } from './outbound/migrations/0001-ledger';
import { readImbalance } from './outbound/imbalance';
import { LedgerVerifier } from './outbound/verifier';

export { ledgerProcessSchema, readLedgerConfig, type LedgerConfig } from './config';
export { LedgerVerifier } from './outbound/verifier';

export interface LedgerOptions {
  readonly config: LedgerConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
}

const IMBALANCE_EVERY_MS = 60_000;

@Module({})
class LedgerModule {}

/** Starts the whole service or nothing of it. */
export async function startLedger(options: LedgerOptions): Promise<Service> {
  const lifecycle = new Lifecycle(options.logger);
  try {
    const database = await assemble(options, lifecycle);
    return { ready: async () => ({ needs: { database: await isAnswering(database) } }), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function assemble({ config, transport, logger }: LedgerOptions, lifecycle: Lifecycle): Promise<Database> {
  await migrateDatabase({ url: config.DATABASE_URL, migrations: [Migration0001Ledger], logger });
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: config.DATABASE_POOL_SIZE, applicationName: 'ledger', pipeline: true }, (error) => {
    logger.warn({ err: error }, 'an idle database connection broke');
  });
  lifecycle.add('database', () => database.end());
  const publisher = transport.publish({ topic: TOPIC, database });
  lifecycle.add('publisher', () => publisher.stop());
  const writer = new LedgerWriter({ database, lanes: config.WRITER_LANES, onCommitted: () => publisher.nudge(), logger });
  lifecycle.add('writer lanes', () => writer.settled());
  const consumer = transport.subscribe(jobsSubscription(database, writer, () => publisher.nudge()));
  lifecycle.add('jobs consumer', () => consumer.stop());
  const imbalance = startLoop({
    name: 'ledger_imbalance', everyMs: IMBALANCE_EVERY_MS, logger, work: async () => ledgerImbalance.set(Number(await readImbalance(database))),
  });
  lifecycle.add('imbalance loop', () => imbalance.stop());
  const server = await startGrpcServer({
    module: ledgerModule(database, writer, logger),
    listen: config.GRPC_LISTEN,
    admits: { callee: 'ledger', tokens: config.CALLER_TOKENS },
    services: { 'usvideo.ledger.v1.LedgerService': LedgerServiceService, 'usvideo.events.v1.EventLogService': EventLogServiceService },
    logger,
  });
  lifecycle.add('grpc', () => server.stop());
  return database;
}

function ledgerModule(database: Database, writer: LedgerWriter, logger: Logger): DynamicModule {
  return {
    module: LedgerModule,
    controllers: [LedgerController, eventLogController(database, TOPIC) as Type],
    providers: [
      { provide: LedgerWriter, useValue: writer },
      { provide: LedgerReader, useValue: new LedgerReader(database) },
      { provide: LedgerVerifier, useValue: new LedgerVerifier(database) },
      { provide: LOGGER, useValue: logger },
    ],
  };
}
