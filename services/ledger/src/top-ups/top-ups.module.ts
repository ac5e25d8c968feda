import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Lifecycle, startLoop, type Logger } from '@usvideo/runtime';
import { CONFIG, LOGGER } from '@usvideo/service';
import type { LedgerConfig } from '../config';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { PostingModule } from '../posting/posting.module';
import { AutoTopUpStore } from './auto-top-up.store';
import { AutoTopUps } from './auto-top-up.saga';
import { DeclinedTopUps } from './declined-top-up.store';
import { manualProvider, type PaymentProvider, Providers } from './payment-provider';
import { StripeProvider } from './stripe.client';
import { TopUpStore } from './top-up.store';
import { TopUps } from './top-ups.saga';

const AUTO_EVERY_MS = 2_000;

@Module({
  imports: [PostingModule],
  providers: [
    AutoTopUpStore,
    DeclinedTopUps,
    TopUpStore,
    { provide: Providers, inject: [CONFIG], useFactory: paymentProviders },
    {
      provide: TopUps,
      inject: [TopUpStore, LedgerWriter, Providers, LOGGER, AutoTopUpStore],
      useFactory: (
        store: TopUpStore,
        writer: LedgerWriter,
        { byName }: Providers,
        logger: Logger,
        automatic: AutoTopUpStore,
      ) => new TopUps(store, writer, byName, logger, automatic),
    },
    {
      provide: AutoTopUps,
      inject: [AutoTopUpStore, TopUpStore, TopUps, Providers, LOGGER],
      useFactory: (store: AutoTopUpStore, orders: TopUpStore, topUps: TopUps, { byName }: Providers, logger: Logger) =>
        new AutoTopUps(store, orders, topUps, byName, logger),
    },
  ],
  exports: [AutoTopUpStore, DeclinedTopUps, Providers, TopUpStore, TopUps],
})
export class TopUpsModule implements OnModuleInit {
  constructor(
    private readonly automatic: AutoTopUps,
    private readonly providers: Providers,
    private readonly lifecycle: Lifecycle,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Where no provider keeps payment methods, nothing is ever due. */
  onModuleInit(): void {
    if (![...this.providers.byName.values()].some(({ cards }) => cards !== undefined)) return;
    this.lifecycle.keep(
      'auto top-ups',
      startLoop({
        name: 'ledger_auto_top_ups',
        everyMs: AUTO_EVERY_MS,
        logger: this.logger,
        work: () => this.automatic.run(),
      }),
    );
  }
}

/** Stripe wherever its keys are configured, also while customers are sent elsewhere: its news may still come. */
function paymentProviders(config: LedgerConfig): Providers {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL: apiUrl } = config;
  const stripe =
    secretKey !== undefined && webhookSecret !== undefined
      ? new StripeProvider({ secretKey, webhookSecret, apiUrl })
      : undefined;
  if (config.PAYMENT_PROVIDER === 'stripe' && stripe === undefined)
    throw new Error('PAYMENT_PROVIDER=stripe needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET');
  const all: PaymentProvider[] = stripe === undefined ? [manualProvider] : [manualProvider, stripe];
  return new Providers(
    new Map(all.map((provider) => [provider.name, provider])),
    config.PAYMENT_PROVIDER === 'stripe' ? stripe! : manualProvider,
  );
}
