import { setTimeout as delay } from 'node:timers/promises';
import type { DisturbableCluster } from './disturbable-cluster.ts';
import { Asking } from './retrying-client.ts';
import type { SeededRandom } from './seeded-random.ts';

export const ENVIRONMENTS = ['live', 'test'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export interface TestAccount {
  readonly accountId: string;
  readonly keys: Readonly<Record<Environment, string>>;
}

/** One wish of a customer under one idempotency key, and what the customer was told. */
export interface Wish {
  readonly key: string;
  readonly account: TestAccount;
  readonly environment: Environment;
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
  readonly disturbed: DisturbableCluster;
  readonly random: SeededRandom;
  readonly lanes: number;
  /** Jobs that may be under way before the lanes wait. */
  readonly underWayMax: number;
}

const ACCOUNTS = 12;
const SPECIAL_ACCOUNTS = 2;
const CREDIT_USD = 1_000;
/** Above what is asked for, so that nobody is refused for being quick. */
export const PER_MINUTE = 100_000;
const TEST_SHARE = 0.2;
const BODY = { resolution: '480p', aspect_ratio: '1:1', duration: 1 };
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const FIRST_FRAMES = { served: `data:image/png;base64,${PICTURE}`, unreachable: 'http://127.0.0.1:1/none.png' };
const READS = ['/v1/balance', '/v1/webhooks/deliveries?limit=5', '/v1/videos?limit=5'];

/** Customers who create, repeat, cancel and do what is refused, each until they have been told how it ended. */
export class Load {
  readonly asking: Asking;
  readonly wishes: Wish[] = [];
  /** Payments that were acknowledged, by reference. */
  readonly payments = new Map<string, { readonly accountId: string; readonly amountUsd: number }>();
  underWay = 0;
  accounts: TestAccount[] = [];
  /** Nobody creates with them. */
  idle: TestAccount[] = [];
  private poor: TestAccount[] = [];
  private capped: TestAccount[] = [];
  private number = 0;
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();
  private readonly options: LoadOptions;

  constructor(options: LoadOptions) {
    this.options = options;
    this.asking = new Asking(options.disturbed);
  }

  /** Makes the accounts, through the operators' port. */
  async prepare(): Promise<void> {
    const make = (count: number, creditUsd: number) =>
      Promise.all(Array.from({ length: count }, () => this.openAccount(creditUsd)));
    this.accounts = await make(ACCOUNTS, CREDIT_USD);
    this.idle = await make(SPECIAL_ACCOUNTS, 1);
    this.poor = await make(SPECIAL_ACCOUNTS, 0.05);
    this.capped = await make(SPECIAL_ACCOUNTS, 5);
    for (const { keys } of this.capped)
      await this.asking.customer({
        method: 'PUT',
        path: '/v1/spend-caps',
        key: keys.live,
        body: { limit_usd: '0.05' },
        random: this.options.random,
      });
  }

  start(): void {
    this.running = Promise.all([
      this.watch().catch(this.asking.surprised),
      ...Array.from({ length: this.options.lanes }, () => this.lane(this.options.random.another())),
    ]);
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
    return [...this.accounts, ...this.idle, ...this.poor, ...this.capped].map(({ accountId }) => accountId);
  }

  private async openAccount(creditUsd: number): Promise<TestAccount> {
    const name = `chaos-${++this.number}`;
    const { body } = await this.asking.operator('POST', '/admin/v1/accounts', {
      email: `${name}@example.com`,
      account_name: name,
    });
    const account = {
      accountId: String(body.account_id ?? body.id),
      keys: { live: String(body.live_key), test: String(body.test_key) },
    };
    for (const environment of ENVIRONMENTS) {
      await this.asking.operator('PUT', `/admin/v1/accounts/${account.accountId}/limits`, {
        environment,
        creates_per_minute: PER_MINUTE,
        reads_per_minute: PER_MINUTE,
      });
    }
    await this.credit(account, creditUsd, 'opening');
    return account;
  }

  private async credit({ accountId }: TestAccount, amountUsd: number, paymentRef: string): Promise<void> {
    const { status, body } = await this.asking.operator('POST', `/admin/v1/accounts/${accountId}/credit`, {
      amount_usd: amountUsd,
      payment_ref: paymentRef,
    });
    if (status === 200) this.payments.set(`${accountId}/${paymentRef}`, { accountId, amountUsd });
    else this.asking.surprises.push(`a payment was answered ${status} ${JSON.stringify(body)}`);
  }

  /** How many jobs are under way, so that they stay few. */
  private async watch(): Promise<void> {
    while (!this.stopping) {
      this.underWay = await this.options.disturbed.count(
        'scheduler',
        'select count(*) as n from job where ended_at is null',
      );
      await delay(300);
    }
  }

  private async lane(random: SeededRandom): Promise<void> {
    while (!this.stopping) {
      if (this.underWay >= this.options.underWayMax) {
        await delay(100);
        continue;
      }
      await this.wishSomething(random).catch(this.asking.surprised);
    }
  }

  private async wishSomething(random: SeededRandom): Promise<void> {
    const draw = random.next();
    const environment = random.chance(TEST_SHARE) ? 'test' : 'live';
    if (draw < 0.74) await this.createOne(random, environment);
    else if (draw < 0.79)
      await this.refused(random, {
        account: random.pick(this.poor),
        environment: 'live',
        expected: 'insufficient_balance',
      });
    else if (draw < 0.84)
      await this.refused(random, {
        account: random.pick(this.capped),
        environment: 'live',
        expected: 'spend_cap_reached',
      });
    else if (draw < 0.86)
      await this.refused(
        random,
        { account: random.pick(this.accounts), environment: 'test', expected: 'insufficient_balance' },
        { prompt: 'sandbox:http=402' },
      );
    else if (draw < 0.9)
      await this.refused(
        random,
        { account: random.pick(this.accounts), environment, expected: 'invalid_request' },
        { duration: 11 },
      );
    else if (draw < 0.97) await this.read(random, random.pick(this.accounts), environment);
    else await this.credit(random.pick(this.accounts), 1, `payment-${++this.number}`);
  }

  private wish(of: Pick<Wish, 'account' | 'environment' | 'expected' | 'hasWebhook'>): Wish {
    const wish: Wish = {
      ...of,
      key: `wish-${++this.number}`,
      jobIds: new Set(),
      refusal: undefined,
      cancel: undefined,
    };
    this.wishes.push(wish);
    return wish;
  }

  private async createOne(random: SeededRandom, environment: Environment): Promise<void> {
    const wish = this.wish({
      account: random.pick(this.accounts),
      environment,
      expected: 'accepted',
      hasWebhook: random.chance(0.85),
    });
    const body = {
      ...BODY,
      prompt: wish.key,
      ...(wish.hasWebhook ? { webhook_url: this.options.disturbed.hookUrl } : {}),
      ...firstFrame(random),
    };
    await Promise.all(Array.from({ length: random.chance(0.2) ? 2 : 1 }, () => this.create(wish, body, random)));
    const [jobId] = wish.jobIds;
    if (jobId === undefined) return;
    if (random.chance(0.1)) await this.create(wish, body, random);
    if (random.chance(0.1)) await this.reuse(wish, { ...body, prompt: 'something else' }, random);
    if (random.chance(0.5)) {
      await delay(random.between(0, 500));
      wish.cancel = (
        await this.asking.customer({ method: 'POST', path: `/v1/videos/${jobId}/cancel`, key: keyOf(wish), random })
      ).status;
      if (wish.cancel !== 200 && wish.cancel !== 409)
        this.asking.surprises.push(`a cancel was answered ${wish.cancel}`);
    }
  }

  private order(wish: Wish, body: object, random: SeededRandom) {
    return this.asking.customer({
      method: 'POST',
      path: '/v1/videos',
      key: keyOf(wish),
      body,
      headers: { 'idempotency-key': wish.key },
      random,
    });
  }

  private async create(wish: Wish, body: object, random: SeededRandom): Promise<void> {
    const { status, body: said } = await this.order(wish, body, random);
    if (status === 202) wish.jobIds.add(String(said.id));
    else wish.refusal = String(said.error);
  }

  private async refused(
    random: SeededRandom,
    of: Pick<Wish, 'account' | 'environment' | 'expected'>,
    instead: object = {},
  ): Promise<void> {
    const wish = this.wish({ ...of, hasWebhook: false });
    await this.create(wish, { ...BODY, prompt: wish.key, ...instead }, random);
  }

  private async reuse(wish: Wish, body: object, random: SeededRandom): Promise<void> {
    const { status, body: said } = await this.order(wish, body, random);
    if (status !== 422 || said.error !== 'idempotency_key_reused')
      this.asking.surprises.push(`a key used again for another wish was answered ${status} ${String(said.error)}`);
  }

  /** What customers look at is all there, and a balance is what is free and what is held. */
  private async read(random: SeededRandom, account: TestAccount, environment: Environment): Promise<void> {
    for (const path of READS) {
      const { status, body } = await this.asking.customer({
        method: 'GET',
        path,
        key: account.keys[environment],
        random,
      });
      if (status !== 200) this.asking.surprises.push(`${path} was answered ${status} ${JSON.stringify(body)}`);
      else if (
        path === '/v1/balance' &&
        body.balance_micros !== Number(body.available_micros) + Number(body.held_micros)
      )
        this.asking.surprises.push(`a balance is not what is available and held: ${JSON.stringify(body)}`);
    }
  }
}

export function keyOf({ account, environment }: Wish): string {
  return account.keys[environment];
}

/** A picture to begin with; one that nobody serves, so that the job fails and its money comes back; mostly none. */
function firstFrame(random: SeededRandom): object {
  const draw = random.next();
  return draw < 0.05
    ? { first_frame: FIRST_FRAMES.unreachable }
    : draw < 0.12
      ? { first_frame: FIRST_FRAMES.served }
      : {};
}
