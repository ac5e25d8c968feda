import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, send } from './api.ts';
import type { Arena } from './arena.ts';
import type { Dice } from './dice.ts';

export interface TestAccount { readonly accountId: string; readonly key: string }

/** One wish of a customer under one idempotency key, and what the customer was told. */
export interface Wish {
  readonly key: string;
  readonly account: TestAccount;
  readonly hasWebhook: boolean;
  readonly expected: 'accepted' | 'insufficient_balance' | 'spend_cap_reached' | 'invalid_request';
  /** Of every 202; a second id is a broken promise. */
  readonly jobIds: Set<string>;
  /** The refusal, by its name. */
  refusal: string | undefined;
  /** What a cancel was answered in the end. */
  cancel: number | undefined;
}

export interface LoadOptions {
  readonly arena: Arena;
  readonly dice: Dice;
  readonly lanes: number;
  /** Jobs that may be under way before the lanes wait. */
  readonly underWayMax: number;
}

const ACCOUNTS = 12;
const SPECIAL_ACCOUNTS = 2;
const CREDIT_USD = 1_000;
const GIVE_UP_AFTER_MS = 240_000;
const BODY = { resolution: '480p', aspect_ratio: '1:1', duration: 1 };
/** Nothing of the answer is known, or it says to come again. */
const AGAIN = [429, 500, 502, 503, 504];

/** Customers who create, repeat, cancel and do what is refused, each until they have been told how it ended. */
export class Load {
  readonly wishes: Wish[] = [];
  /** Payments that were acknowledged, by reference. */
  readonly payments = new Map<string, { readonly accountId: string; readonly amountUsd: number }>();
  readonly answers = new Map<string, number>();
  /** Answers that no customer may ever see. */
  readonly surprises: string[] = [];
  /** Requests that a gateway has not answered. */
  readonly open = new Map<string, number>();
  underWay = 0;
  private accounts: TestAccount[] = [];
  private poor: TestAccount[] = [];
  private capped: TestAccount[] = [];
  private number = 0;
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();
  private readonly options: LoadOptions;

  constructor(options: LoadOptions) {
    this.options = options;
  }

  /** Makes the accounts, through the operators' port. */
  async prepare(): Promise<void> {
    const make = (count: number, creditUsd: number) => Promise.all(Array.from({ length: count }, () => this.openAccount(creditUsd)));
    this.accounts = await make(ACCOUNTS, CREDIT_USD);
    this.poor = await make(SPECIAL_ACCOUNTS, 0.05);
    this.capped = await make(SPECIAL_ACCOUNTS, 5);
    for (const { key } of this.capped) await this.until('PUT', '/v1/spend-caps', key, { limit_usd: '0.05' });
  }

  start(): void {
    this.running = Promise.all([this.watch().catch(this.surprised), ...Array.from({ length: this.options.lanes }, () => this.lane(this.options.dice.another()))]);
  }

  /** Nothing new is begun; what was is brought to its end. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  get accepted(): Wish[] {
    return this.wishes.filter(({ jobIds }) => jobIds.size > 0);
  }

  get accountIds(): string[] {
    return [...this.accounts, ...this.poor, ...this.capped].map(({ accountId }) => accountId);
  }

  private readonly surprised = (error: Error): void => {
    this.surprises.push(error.message);
  };

  private async openAccount(creditUsd: number): Promise<TestAccount> {
    const name = `chaos-${++this.number}`;
    const made = await this.administer('POST', '/admin/v1/accounts', { email: `${name}@example.com`, account_name: name });
    const accountId = String(made.body.account_id ?? made.body.id);
    await this.administer('PUT', `/admin/v1/accounts/${accountId}/limits`, { environment: 'live', creates_per_minute: 100_000, reads_per_minute: 100_000 });
    const account = { accountId, key: String(made.body.live_key) };
    await this.credit(account, creditUsd, 'opening');
    return account;
  }

  private async credit({ accountId }: TestAccount, amountUsd: number, paymentRef: string): Promise<void> {
    const { status, body } = await this.administer('POST', `/admin/v1/accounts/${accountId}/credit`, { amount_usd: amountUsd, payment_ref: paymentRef });
    if (status === 200) this.payments.set(`${accountId}/${paymentRef}`, { accountId, amountUsd });
    else this.surprises.push(`a payment was answered ${status} ${JSON.stringify(body)}`);
  }

  private async administer(method: string, path: string, body: unknown): Promise<Answer> {
    const { admin_url: url, admin_token: token } = this.options.arena.cluster.credentials;
    return this.patiently(`${method} ${path}`, () => send(method, `${url}${path}`, token, body));
  }

  private async until(method: string, path: string, key: string, body: unknown, headers: Record<string, string> = {}, dice = this.options.dice): Promise<Answer> {
    return this.patiently(`${method} ${path}`, () => this.once(dice.pick(this.options.arena.gateways), method, path, key, body, headers));
  }

  private async once(gateway: string, method: string, path: string, key: string, body: unknown, headers: Record<string, string>): Promise<Answer | undefined> {
    this.open.set(gateway, (this.open.get(gateway) ?? 0) + 1);
    const answer = await send(method, `${gateway}${path}`, key, body, headers);
    this.open.set(gateway, this.open.get(gateway)! - 1);
    const told = answer === undefined ? `${method}: no answer` : `${method}: ${answer.status}`;
    this.answers.set(told, (this.answers.get(told) ?? 0) + 1);
    return answer;
  }

  /** Asks again while nobody knows, as a customer's client does. */
  private async patiently(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
    for (const deadline = Date.now() + GIVE_UP_AFTER_MS; ;) {
      const answer = await ask();
      if (answer !== undefined && !AGAIN.includes(answer.status) && answer.body.error !== 'idempotency_in_progress') return answer;
      if (answer?.status === 500) this.surprises.push(`${what} was answered 500 ${JSON.stringify(answer.body)}`);
      if (Date.now() > deadline) throw new Error(`${what} was not answered for good in ${GIVE_UP_AFTER_MS / 1_000} s, last ${answer?.status ?? 'with nothing'}`);
      await delay(150);
    }
  }

  /** How many jobs are under way, so that they stay few. */
  private async watch(): Promise<void> {
    while (!this.stopping) {
      this.underWay = await this.options.arena.count('scheduler', 'select count(*) as n from job where ended_at is null');
      await delay(300);
    }
  }

  private async lane(dice: Dice): Promise<void> {
    while (!this.stopping) {
      if (this.underWay >= this.options.underWayMax) {
        await delay(100);
        continue;
      }
      await this.wishSomething(dice).catch(this.surprised);
    }
  }

  private async wishSomething(dice: Dice): Promise<void> {
    const draw = dice.next();
    if (draw < 0.80) await this.createOne(dice);
    else if (draw < 0.86) await this.refused(dice, dice.pick(this.poor), 'insufficient_balance', BODY);
    else if (draw < 0.92) await this.refused(dice, dice.pick(this.capped), 'spend_cap_reached', BODY);
    else if (draw < 0.97) await this.refused(dice, dice.pick(this.accounts), 'invalid_request', { ...BODY, duration: 11 });
    else await this.credit(dice.pick(this.accounts), 1, `payment-${++this.number}`);
  }

  private wish(account: TestAccount, expected: Wish['expected'], hasWebhook: boolean): Wish {
    const wish: Wish = { key: `wish-${++this.number}`, account, hasWebhook, expected, jobIds: new Set(), refusal: undefined, cancel: undefined };
    this.wishes.push(wish);
    return wish;
  }

  private async createOne(dice: Dice): Promise<void> {
    const wish = this.wish(dice.pick(this.accounts), 'accepted', dice.chance(0.85));
    // A first frame that nobody serves: the job fails and its money comes back.
    const body = { ...BODY, prompt: wish.key, ...(wish.hasWebhook ? { webhook_url: this.options.arena.hookUrl } : {}), ...(dice.chance(0.05) ? { first_frame: 'http://127.0.0.1:1/none.png' } : {}) };
    await Promise.all(Array.from({ length: dice.chance(0.2) ? 2 : 1 }, () => this.create(wish, body, dice)));
    const [jobId] = wish.jobIds;
    if (jobId === undefined) return;
    if (dice.chance(0.1)) await this.create(wish, body, dice);
    if (dice.chance(0.1)) await this.reuse(wish, { ...body, prompt: 'something else' }, dice);
    if (dice.chance(0.5)) {
      await delay(dice.between(0, 500));
      wish.cancel = (await this.until('POST', `/v1/videos/${jobId}/cancel`, wish.account.key, undefined, {}, dice)).status;
      if (wish.cancel !== 200 && wish.cancel !== 409) this.surprises.push(`a cancel was answered ${wish.cancel}`);
    }
  }

  private async create(wish: Wish, body: object, dice: Dice): Promise<void> {
    const { status, body: said } = await this.until('POST', '/v1/videos', wish.account.key, body, { 'idempotency-key': wish.key }, dice);
    if (status === 202) wish.jobIds.add(String(said.id));
    else wish.refusal = String(said.error);
  }

  private async refused(dice: Dice, account: TestAccount, expected: Wish['expected'], body: object): Promise<void> {
    const wish = this.wish(account, expected, false);
    await this.create(wish, { ...body, prompt: wish.key }, dice);
  }

  private async reuse(wish: Wish, body: object, dice: Dice): Promise<void> {
    const { status, body: said } = await this.until('POST', '/v1/videos', wish.account.key, body, { 'idempotency-key': wish.key }, dice);
    if (status !== 422 || said.error !== 'idempotency_key_reused') this.surprises.push(`a key used again for another wish was answered ${status} ${String(said.error)}`);
  }
}
