import { AccountLimits, Accounts, ApiKeys, Models } from './account.ts';
import {
  AutoTopUps,
  Balances,
  Ledger,
  Quotes,
  Sandbox,
  SpendCaps,
  Statements,
  TopUps,
  UsageReports,
} from './billing.ts';
import { type ClientOptions, configure } from './config.ts';
import { Files } from './files.ts';
import { type Query, type RequestOptions, Transport } from './transport.ts';
import { Videos } from './videos.ts';
import { Deliveries, Events, StreamTokens, WebhookEndpoints, WebhookSecrets } from './webhook-endpoints.ts';

export interface FreeRequest extends RequestOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/v1` on. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
}

/** The US Video API for one key. Needs nothing but fetch and WebCrypto. */
export class USVideo {
  readonly videos: Videos;
  readonly files: Files;
  readonly quotes: Quotes;
  readonly models: Models;
  readonly balance: Balances;
  readonly sandbox: Sandbox;
  readonly spendCaps: SpendCaps;
  readonly autoTopUp: AutoTopUps;
  readonly usage: UsageReports;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly topUps: TopUps;
  readonly account: Accounts;
  readonly limits: AccountLimits;
  readonly apiKeys: ApiKeys;
  readonly deliveries: Deliveries;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly webhookSecrets: WebhookSecrets;
  readonly events: Events;
  readonly streamTokens: StreamTokens;
  private readonly transport: Transport;

  /** @throws USVideoError `invalid_configuration` without base URL or key. */
  constructor(options: ClientOptions = {}) {
    const transport = new Transport(configure(options));
    this.transport = transport;
    this.videos = new Videos(transport);
    this.files = new Files(transport);
    this.quotes = new Quotes(transport);
    this.models = new Models(transport);
    this.balance = new Balances(transport);
    this.sandbox = new Sandbox(transport);
    this.spendCaps = new SpendCaps(transport);
    this.autoTopUp = new AutoTopUps(transport);
    this.usage = new UsageReports(transport);
    this.ledger = new Ledger(transport);
    this.statements = new Statements(transport);
    this.topUps = new TopUps(transport);
    this.account = new Accounts(transport);
    this.limits = new AccountLimits(transport);
    this.apiKeys = new ApiKeys(transport);
    this.deliveries = new Deliveries(transport);
    this.webhookEndpoints = new WebhookEndpoints(transport);
    this.webhookSecrets = new WebhookSecrets(transport);
    this.events = new Events(transport);
    this.streamTokens = new StreamTokens(transport);
  }

  /** For what has no method here. Only GET is repeated when no answer came; others after a 429 only. */
  request<T = unknown>(request: FreeRequest): Promise<T> {
    return this.transport.json({ ...request, repetition: request.method === 'GET' ? 'safe' : 'only_if_refused' });
  }
}
