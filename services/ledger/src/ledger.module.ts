import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { EventLogServiceService, ParkedEventsServiceService } from '@usvideo/contracts/events';
import { LedgerServiceService } from '@usvideo/contracts/ledger';
import { isAnswering, isTransient, openDatabase, requireReadable, type Database } from '@usvideo/event-store';
import { type Consuming, eventLogController, type EventTransport, parkedEventsController, startDeliveryAudit } from '@usvideo/messaging';
import { Lifecycle, migrateDatabase, observeDatabase, startGrpcServer, startLoop, type Logger, type Service } from '@usvideo/runtime';
import type { LedgerConfig } from './config';
import { jobsSubscription } from './inbound/jobs.consumer';
import { LedgerController, LOGGER } from './inbound/ledger.grpc';
import { MoneyController } from './inbound/money.grpc';
import { PricesController } from './inbound/prices.grpc';
import { ProofController, RootSigner } from './inbound/proof.grpc';
import { StatementsController } from './inbound/statements.grpc';
import { Providers, TopUpsController } from './inbound/top-ups.grpc';
import { Verification } from './proof/verification.loop';
import { AccountExport } from './proof/account-export.sql';
import { TOPIC } from './posting/event-codec';
import { LedgerReader } from './reading/ledger-reader.sql';
import { LedgerWriter } from './posting/ledger-writer.service';
import { observeBooks } from './proof/book-metrics.loop';
import { manualProvider, type PaymentProvider } from './top-ups/payment-provider';
import { PriceList } from './prices/price-book.sql';
import { QuoteTokens } from './prices/quote-tokens';
import { LEDGER_MIGRATIONS } from './migrations/all';
import { SignedRoots } from './proof/signed-roots.store';
import { SigningKey } from './proof/signing-key';
import { StatementReader } from './reading/statement-reader.sql';
import { StripeProvider } from './top-ups/stripe.client';
import { TopUpStore } from './top-ups/top-up.store';
import { TopUps } from './top-ups/top-ups.saga';
import { UsageReader } from './reading/usage-reader.sql';
import { LedgerVerifier } from './proof/verifier.sql';

export { ledgerProcessSchema, readLedgerConfig, type LedgerConfig } from './config';
export { concernsLedger } from './inbound/jobs.consumer';
export { SigningKey } from './proof/signing-key';
export { LedgerVerifier } from './proof/verifier.sql';

export interface LedgerOptions {
  readonly config: LedgerConfig;
  readonly transport: EventTransport;
  readonly logger: Logger;
}

const BOOKS_EVERY_MS = 30_000;
/** How often it is looked whether the day has its root; the root itself is made once a UTC day. */
const ROOT_EVERY_MS = 600_000;

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
  await migrateDatabase({ url: config.DATABASE_URL, migrations: LEDGER_MIGRATIONS, how: config.DATABASE_MIGRATIONS, logger });
  const database = openDatabase({ url: config.DATABASE_URL, poolSize: config.DATABASE_POOL_SIZE, applicationName: 'ledger' }, (error) => {
    logger.warn({ err: error }, 'an idle database connection broke');
  });
  lifecycle.add('database', () => database.end());
  await requireReadable(database);
  const observing = observeDatabase('ledger', database, logger);
  lifecycle.add('database metrics', () => observing.stop());
  const publisher = transport.publish({ topic: TOPIC, database });
  lifecycle.add('publisher', () => publisher.stop());
  const writer = new LedgerWriter({ database, lanes: config.WRITER_LANES, onCommitted: () => publisher.nudge(), logger });
  lifecycle.add('writer lanes', () => writer.settled());
  const consumer = transport.subscribe(jobsSubscription(database, writer, () => publisher.nudge()));
  lifecycle.add('jobs consumer', () => consumer.stop());
  const audit = startDeliveryAudit(consumer, logger, config.DELIVERY_AUDIT_EVERY_MS);
  lifecycle.add('delivery audit', () => audit.stop());
  const imbalance = startLoop({
    name: 'ledger_imbalance', everyMs: BOOKS_EVERY_MS, logger, work: () => observeBooks(database),
  });
  lifecycle.add('imbalance loop', () => imbalance.stop());
  const key = config.LEDGER_SIGNING_KEY === undefined ? undefined : new SigningKey(Buffer.from(config.LEDGER_SIGNING_KEY, 'base64'));
  const roots = key && new SignedRoots(database, key);
  if (roots !== undefined) lifecycle.add('root loop', signDaily(roots, logger));
  const trusted = key === undefined ? [] : [key.publicKey, ...config.LEDGER_TRUSTED_KEYS.map((text) => Buffer.from(text, 'base64'))];
  const verification = new Verification(new LedgerVerifier(database, trusted), logger).start();
  lifecycle.add('verification', () => verification.stop());
  const server = await startGrpcServer({
    passes: isTransient,
    module: ledgerModule({ database, writer, consumer, key, roots, verification, config, logger }),
    listen: config.GRPC_LISTEN,
    admits: { callee: 'ledger', tokens: config.CALLER_TOKENS },
    services: {
      'usvideo.ledger.v1.LedgerService': LedgerServiceService, 'usvideo.events.v1.EventLogService': EventLogServiceService,
      'usvideo.events.v1.ParkedEventsService': ParkedEventsServiceService,
    },
    logger,
  });
  lifecycle.add('grpc', () => server.stop());
  return database;
}

/** The root also goes to the log: a copy that whoever changes the database does not reach. */
function signDaily(roots: SignedRoots, logger: Logger): () => Promise<void> {
  const loop = startLoop({
    name: 'ledger_root', everyMs: ROOT_EVERY_MS, logger,
    work: async () => {
      const signed = await roots.signDaily();
      if (signed === undefined) return;
      logger.info({ sequence: String(signed.sequence), root: Buffer.from(signed.root).toString('hex'), accounts: String(signed.accounts) }, 'the heads of all accounts were signed');
    },
  });
  return () => loop.stop();
}

interface Parts {
  readonly database: Database;
  readonly writer: LedgerWriter;
  readonly consumer: Consuming;
  readonly key: SigningKey | undefined;
  readonly roots: SignedRoots | undefined;
  readonly verification: Verification;
  readonly config: LedgerConfig;
  readonly logger: Logger;
}

function ledgerModule({ database, writer, consumer, key, roots, verification, config, logger }: Parts): DynamicModule {
  const quoteKey = key === undefined ? randomBytes(32) : key.derive('usvideo-ledger-quotes');
  const providers = paymentProviders(config);
  const store = new TopUpStore(database);
  return {
    module: LedgerModule,
    controllers: [
      LedgerController, MoneyController, PricesController, StatementsController, TopUpsController, ProofController,
      eventLogController(database, TOPIC), parkedEventsController(consumer),
    ],
    providers: [
      { provide: LedgerWriter, useValue: writer },
      { provide: LedgerReader, useValue: new LedgerReader(database) },
      { provide: UsageReader, useValue: new UsageReader(database) },
      { provide: StatementReader, useValue: new StatementReader(database) },
      { provide: PriceList, useValue: new PriceList(database) },
      { provide: QuoteTokens, useValue: new QuoteTokens(quoteKey, config.QUOTE_VALID_SECONDS * 1_000) },
      { provide: Verification, useValue: verification },
      { provide: TopUpStore, useValue: store },
      { provide: TopUps, useValue: new TopUps(store, writer, providers.byName, logger) },
      { provide: Providers, useValue: providers },
      { provide: RootSigner, useValue: new RootSigner(roots) },
      { provide: AccountExport, useValue: new AccountExport(database, roots) },
      { provide: LOGGER, useValue: logger },
    ],
  };
}

/** Stripe wherever its keys are configured, also while customers are sent elsewhere: its news may still come. */
function paymentProviders(config: LedgerConfig): Providers {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL: apiUrl } = config;
  const stripe = secretKey !== undefined && webhookSecret !== undefined ? new StripeProvider({ secretKey, webhookSecret, apiUrl }) : undefined;
  if (config.PAYMENT_PROVIDER === 'stripe' && stripe === undefined) throw new Error('PAYMENT_PROVIDER=stripe needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET');
  const all: PaymentProvider[] = stripe === undefined ? [manualProvider] : [manualProvider, stripe];
  return new Providers(new Map(all.map((provider) => [provider.name, provider])), config.PAYMENT_PROVIDER === 'stripe' ? stripe! : manualProvider);
}
