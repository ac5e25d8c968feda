import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  CreateQuoteRequest,
  CreateQuoteResponse,
  ListPricesResponse,
  SetPriceRequest,
  SetPriceResponse,
} from '@usvideo/contracts/ledger';
import { grpcError, status } from '@usvideo/runtime';
import { priceOf } from '../prices/price';
import type { Quote } from '../prices/quote';
import { PriceList } from '../prices/price-book.sql';
import { QuoteTokens } from '../prices/quote-tokens';
import { demand, required } from './validation.grpc';

/** The price book and the promises made from it. */
@Controller()
export class PricesController {
  constructor(
    private readonly prices: PriceList,
    private readonly quotes: QuoteTokens,
  ) {}

  @GrpcMethod('LedgerService', 'listPrices')
  async listPrices(): Promise<ListPricesResponse> {
    return { prices: await this.prices.all() };
  }

  @GrpcMethod('LedgerService', 'setPrice')
  async setPrice(request: SetPriceRequest): Promise<SetPriceResponse> {
    const price = required(request, 'model', 'resolution', 'author');
    demand(price.perSecondMicros > 0n, 'per_second_micros is more than 0');
    const added = await this.prices.add(price);
    demand(added !== 'in_the_past', 'effective_from is not in the past');
    if (added === 'conflict') throw grpcError(status.ALREADY_EXISTS, 'price_conflict');
    return { price: added as Exclude<typeof added, string> };
  }

  @GrpcMethod('LedgerService', 'createQuote')
  async createQuote(request: CreateQuoteRequest): Promise<CreateQuoteResponse> {
    const { accountId, model, resolution, durationSeconds } = required(request, 'accountId', 'model', 'resolution');
    const now = await this.prices.now();
    const price = priceOf(await this.prices.all(), request, now);
    if (price === undefined) throw grpcError(status.FAILED_PRECONDITION, 'price_unavailable');
    return {
      quote: this.shown({ accountId, model, resolution, durationSeconds, price, expiresAt: this.quotes.expiry(now) }),
    };
  }

  private shown(quote: Quote): NonNullable<CreateQuoteResponse['quote']> {
    const { model, resolution, durationSeconds, price, expiresAt } = quote;
    return { quoteId: this.quotes.sign(quote), model, resolution, durationSeconds, ...price, expiresAt };
  }
}
