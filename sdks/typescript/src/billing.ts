import { List } from './list.ts';
import { Resource } from './resource.ts';
import type { RequestOptions } from './transport.ts';
import type {
  AutoTopUp,
  Balance,
  CreateQuoteRequest,
  CreateTopUpRequest,
  LedgerEntry,
  LowBalanceThreshold,
  PaymentMethodSetup,
  Quote,
  SetAutoTopUpRequest,
  SetSpendCapRequest,
  SetUpPaymentMethodRequest,
  SpendCap,
  Statement,
  StatementWithLines,
  TopUp,
  Usage,
  UsageGroup,
  UsageRow,
} from './types.ts';

export interface PageQuery {
  readonly limit?: number;
  readonly offset?: number;
}
export interface CursorQuery extends PageQuery {
  readonly starting_after?: string;
}

export interface UsageQuery extends PageQuery {
  /** `2026-11-01`, a UTC day; both ends are included. */
  readonly start_date?: string;
  readonly end_date?: string;
  readonly group_by?: 'day' | 'api_key' | 'end_user' | 'resolution';
  readonly api_key_id?: string;
}

/** Amounts are decimal texts such as `2.50`. */
type Dollars = number | string;

export class Quotes extends Resource {
  /** What a video costs; `quote.id` as `quote_id` of a create holds it to that price. */
  create(request: CreateQuoteRequest, options?: RequestOptions): Promise<Quote> {
    return this.transport.json({ ...options, method: 'POST', path: '/v1/quotes', body: request });
  }
}

export class Balances extends Resource {
  retrieve(options?: RequestOptions): Promise<Balance> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/balance' });
  }

  setThreshold(request: { readonly threshold_usd: Dollars }, options?: RequestOptions): Promise<LowBalanceThreshold> {
    return this.transport.json({ ...options, method: 'PUT', path: '/v1/balance/threshold', body: request });
  }
}

export class Sandbox extends Resource {
  /** Brings the play money of a test key back to $1,000.00; what is held stays held. */
  reset(options?: RequestOptions): Promise<Balance> {
    return this.transport.json({ ...options, method: 'POST', path: '/v1/sandbox/reset' });
  }
}

export class SpendCaps extends Resource {
  /** Of a key, or of the account; `limit_usd: null` lifts it. */
  set(request: SetSpendCapRequest, options?: RequestOptions): Promise<SpendCap> {
    return this.transport.json({ ...options, method: 'PUT', path: '/v1/spend-caps', body: request });
  }
}

/** Charges the saved payment method when the balance runs low. */
export class AutoTopUps extends Resource {
  retrieve(options?: RequestOptions): Promise<AutoTopUp> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/auto-topup' });
  }

  set(request: SetAutoTopUpRequest, options?: RequestOptions): Promise<AutoTopUp> {
    return this.transport.json({ ...options, method: 'PUT', path: '/v1/auto-topup', body: request });
  }

  /** Answers where its owner saves a payment method with the provider. */
  setUpPaymentMethod(request: SetUpPaymentMethodRequest, options?: RequestOptions): Promise<PaymentMethodSetup> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/auto-topup/payment-method',
      body: request,
      repetition: 'only_if_refused',
    });
  }

  removePaymentMethod(options?: RequestOptions): Promise<AutoTopUp> {
    return this.transport.json({ ...options, method: 'DELETE', path: '/v1/auto-topup/payment-method' });
  }
}

export class UsageReports extends Resource {
  /** Charged jobs, or groups of them with `group_by`. */
  list(query: UsageQuery & { readonly group_by: string }, options?: RequestOptions): List<UsageGroup>;
  list(query?: UsageQuery, options?: RequestOptions): List<UsageRow>;
  list(query: UsageQuery = {}, options?: RequestOptions): List<UsageRow> | List<UsageGroup> {
    return new List<UsageRow>(this.transport, '/v1/usage', { ...query }, options, 'offset');
  }

  /** One page with the totals of all. */
  summary(query: UsageQuery = {}, options?: RequestOptions): Promise<Usage> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/usage', query: { ...query } });
  }

  csv(query: UsageQuery = {}, options: RequestOptions = {}): Promise<string> {
    return this.transport.text({
      ...options,
      method: 'GET',
      path: '/v1/usage',
      query: { ...query },
      headers: { ...options.headers, accept: 'text/csv' },
    });
  }
}

export class Ledger extends Resource {
  list(query: CursorQuery & { readonly job_id?: string } = {}, options?: RequestOptions): List<LedgerEntry> {
    return new List(this.transport, '/v1/ledger', { ...query }, options);
  }
}

export class Statements extends Resource {
  list(query: PageQuery = {}, options?: RequestOptions): List<Statement> {
    return new List(this.transport, '/v1/statements', { ...query }, options, 'offset');
  }

  /** @param period a month, such as `2026-11` */
  retrieve(
    period: string,
    query: { readonly limit?: number; readonly starting_after?: string } = {},
    options?: RequestOptions,
  ): Promise<StatementWithLines> {
    return this.transport.json({
      ...options,
      method: 'GET',
      path: `/v1/statements/${encodeURIComponent(period)}`,
      query: { ...query },
    });
  }
}

export class TopUps extends Resource {
  /** `checkout_url` of the answer is where it is paid. */
  create(
    request: CreateTopUpRequest,
    { idempotencyKey = crypto.randomUUID(), ...options }: RequestOptions & { readonly idempotencyKey?: string } = {},
  ): Promise<TopUp> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/topups',
      body: request,
      headers: { ...options.headers, 'idempotency-key': idempotencyKey },
    });
  }

  retrieve(id: string, options?: RequestOptions): Promise<TopUp> {
    return this.transport.json({ ...options, method: 'GET', path: `/v1/topups/${encodeURIComponent(id)}` });
  }

  list(query: PageQuery = {}, options?: RequestOptions): List<TopUp> {
    return new List(this.transport, '/v1/topups', { ...query }, options, 'offset');
  }
}
