import { Module } from '@nestjs/common';
import type { Logger } from '@usvideo/runtime';
import { CONFIG, LOGGER } from '@usvideo/service';
import type { LedgerConfig } from '../config';
import { LedgerWriter } from '../posting/ledger-writer.service';
import { PostingModule } from '../posting/posting.module';
import { manualProvider, type PaymentProvider, Providers } from './payment-provider';
import { StripeProvider } from './stripe.client';
import { TopUpStore } from './top-up.store';
import { TopUps } from './top-ups.saga';

@Module({
  imports: [PostingModule],
  providers: [
    TopUpStore,
    { provide: Providers, inject: [CONFIG], useFactory: paymentProviders },
    {
      provide: TopUps, inject: [TopUpStore, LedgerWriter, Providers, LOGGER],
      useFactory: (store: TopUpStore, writer: LedgerWriter, { byName }: Providers, logger: Logger) => new TopUps(store, writer, byName, logger),
    },
  ],
  exports: [Providers, TopUpStore, TopUps],
})
export class TopUpsModule {}

/** Stripe wherever its keys are configured, also while customers are sent elsewhere: its news may still come. */
function paymentProviders(config: LedgerConfig): Providers {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL: apiUrl } = config;
  const stripe = secretKey !== undefined && webhookSecret !== undefined ? new StripeProvider({ secretKey, webhookSecret, apiUrl }) : undefined;
  if (config.PAYMENT_PROVIDER === 'stripe' && stripe === undefined) throw new Error('PAYMENT_PROVIDER=stripe needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET');
  const all: PaymentProvider[] = stripe === undefined ? [manualProvider] : [manualProvider, stripe];
  return new Providers(new Map(all.map((provider) => [provider.name, provider])), config.PAYMENT_PROVIDER === 'stripe' ? stripe! : manualProvider);
}
