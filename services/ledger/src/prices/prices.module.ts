import { randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import { CONFIG } from '@usvideo/service';
import type { LedgerConfig } from '../config';
import type { SigningKey } from '../signing/signing-key';
import { SigningModule } from '../signing/signing.module';
import { SIGNING_KEY } from '../signing/tokens';
import { PriceList } from './price-book.sql';
import { QuoteTokens } from './quote-tokens';

@Module({
  imports: [SigningModule],
  providers: [PriceList, { provide: QuoteTokens, inject: [CONFIG, SIGNING_KEY], useFactory: quoteTokens }],
  exports: [PriceList, QuoteTokens],
})
export class PricesModule {}

/** Without a key that lasts, quotes last as long as the process. */
function quoteTokens({ QUOTE_VALID_SECONDS: validSeconds }: LedgerConfig, key: SigningKey | undefined): QuoteTokens {
  return new QuoteTokens(
    key === undefined ? randomBytes(32) : key.derive('usvideo-ledger-quotes'),
    validSeconds * 1_000,
  );
}
