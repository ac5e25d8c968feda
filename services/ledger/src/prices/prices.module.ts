import { randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { configuredModels, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { LedgerConfig } from '../config';
import type { SigningKey } from '../signing/signing-key';
import { SigningModule } from '../signing/signing.module';
import { SIGNING_KEY } from '../signing/tokens';
import { PriceList } from './price-book.sql';
import { QuoteTokens } from './quote-tokens';

@Module({
  imports: [SigningModule],
  providers: [
    { provide: PriceList, inject: [CONFIG, DATABASE, LOGGER], useFactory: priceList },
    { provide: QuoteTokens, inject: [CONFIG, SIGNING_KEY], useFactory: quoteTokens },
  ],
  exports: [PriceList, QuoteTokens],
})
export class PricesModule {}

/** Nothing is sold before the catalogue's prices are in the book. */
async function priceList(config: LedgerConfig, database: Database, logger: Logger): Promise<PriceList> {
  const prices = new PriceList(database);
  const added = await prices.adopt(configuredModels(config) ?? []);
  if (added > 0) logger.info({ prices: added }, 'the catalogue of models has new prices');
  return prices;
}

/** Without a key that lasts, quotes last as long as the process. */
function quoteTokens({ QUOTE_VALID_SECONDS: validSeconds }: LedgerConfig, key: SigningKey | undefined): QuoteTokens {
  return new QuoteTokens(
    key === undefined ? randomBytes(32) : key.derive('usvideo-ledger-quotes'),
    validSeconds * 1_000,
  );
}
