import { createHmac, timingSafeEqual } from 'node:crypto';
import type { GivenQuote, Quote } from './quote';

const VERSION = 'q1';

/**
 * A quote is a text that carries its own proof, so that nothing is stored for a price that is only asked for:
 * `quote_<base64url of the fields>.<base64url HMAC-SHA256 of that>`.
 */
export class QuoteTokens {
  constructor(
    private readonly key: Buffer,
    private readonly validMs: number,
  ) {}

  expiry(now: Date): Date {
    return new Date(now.getTime() + this.validMs);
  }

  sign(quote: Quote): string {
    const { accountId, model, resolution, durationSeconds, price, expiresAt } = quote;
    const fields = [
      VERSION,
      accountId,
      model,
      resolution,
      durationSeconds,
      price.perSecondMicros.toString(),
      price.priceVersion,
      price.amountMicros.toString(),
      expiresAt.getTime(),
    ];
    const text = Buffer.from(JSON.stringify(fields)).toString('base64url');
    return `quote_${text}.${this.mac(text).toString('base64url')}`;
  }

  read(token: string): GivenQuote {
    const [, text, signature] = /^quote_([\w-]{1,1000})\.([\w-]{43})$/.exec(token) ?? [];
    if (text === undefined || signature === undefined) return 'forged';
    if (!timingSafeEqual(this.mac(text), Buffer.from(signature, 'base64url'))) return 'forged';
    return quoteOf(JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]);
  }

  private mac(text: string): Buffer {
    return createHmac('sha256', this.key).update(`${VERSION}\n${text}`).digest();
  }
}

/** Only what this ledger signed comes here. */
function quoteOf([
  version,
  accountId,
  model,
  resolution,
  durationSeconds,
  perSecond,
  priceVersion,
  amount,
  expiresAt,
]: unknown[]): GivenQuote {
  if (version !== VERSION) return 'forged';
  return {
    accountId: String(accountId),
    model: String(model),
    resolution: String(resolution),
    durationSeconds: Number(durationSeconds),
    price: {
      perSecondMicros: BigInt(String(perSecond)),
      priceVersion: Number(priceVersion),
      amountMicros: BigInt(String(amount)),
    },
    expiresAt: new Date(Number(expiresAt)),
  };
}
