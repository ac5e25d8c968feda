import { setTimeout as delay } from 'node:timers/promises';
import type { Asking } from './retrying-client.ts';
import type { SeededRandom } from './seeded-random.ts';
import { type Environment, ENVIRONMENTS, type Load, PER_MINUTE, type TestAccount } from './load.ts';

export interface LimitsWanted {
  readonly accountId: string;
  readonly environment: Environment;
  /** Of no other change, so that it can be told from them in the log. */
  readonly readsPerMinute: number;
  wasAnswered: boolean;
  /** Unsure: an earlier try may be done late, and once more. */
  isSure: boolean;
}

export interface KeyMade {
  readonly accountId: string;
  readonly keyId: string;
  readonly secret: string;
}

const OPERATORS_PAUSE_MS = { least: 50, most: 350 };
const HOLDERS_PAUSE_MS = { least: 500, most: 2_500 };
const NOBODY = 'acc_00000000000000000000000000';

/** Operators who change limits and suspend, and account holders who make and revoke keys, while others create. */
export class AccountChanges {
  /** Limits that were asked for and may be set, in their order. */
  readonly wanted: LimitsWanted[] = [];
  readonly keys: KeyMade[] = [];
  readonly revoked: KeyMade[] = [];
  /** What was last answered about an account with which nobody creates; `unsure` when an earlier try of any may be done late. */
  readonly suspended = new Map<string, boolean | 'unsure'>();
  suspensions = 0;
  refusals = 0;
  private number = 0;
  private stopping = false;
  private running: Promise<unknown> = Promise.resolve();
  private readonly load: Load;
  private readonly random: SeededRandom;

  constructor(load: Load, random: SeededRandom) {
    this.load = load;
    this.random = random;
  }

  start(): void {
    const holder = this.random.another();
    this.running = Promise.all([
      this.lane(this.random, OPERATORS_PAUSE_MS, () => this.operate()),
      this.lane(holder, HOLDERS_PAUSE_MS, () => this.makeKey(holder)),
    ]);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private get asking(): Asking {
    return this.load.asking;
  }

  /** One after the other, so that the last answer is the last change. */
  private async lane(
    random: SeededRandom,
    { least, most }: typeof OPERATORS_PAUSE_MS,
    change: () => Promise<void>,
  ): Promise<void> {
    while (!this.stopping) {
      await change().catch(this.asking.surprised);
      await delay(random.between(least, most));
    }
  }

  private async operate(): Promise<void> {
    const draw = this.random.next();
    if (draw < 0.75) await this.raiseLimits();
    else if (draw < 0.9) await this.turn(this.random.pick(this.load.idle));
    else await this.doWhatIsRefused(this.random.pick(this.load.accounts));
  }

  private async raiseLimits(): Promise<void> {
    const { accountId } = this.random.pick(this.load.accounts);
    const wanted: LimitsWanted = {
      accountId,
      environment: this.random.pick(ENVIRONMENTS),
      readsPerMinute: PER_MINUTE + ++this.number,
      wasAnswered: false,
      isSure: false,
    };
    this.wanted.push(wanted);
    const { status, isSure } = await this.asking.operator('PUT', `/admin/v1/accounts/${accountId}/limits`, {
      environment: wanted.environment,
      reads_per_minute: wanted.readsPerMinute,
    });
    this.expect('limits', status, 200);
    wanted.wasAnswered = status === 200;
    wanted.isSure = isSure;
  }

  private async makeKey(random: SeededRandom): Promise<void> {
    const account = random.pick(this.load.accounts);
    const own = account.keys[random.pick(ENVIRONMENTS)];
    const made = await this.asking.customer({
      method: 'POST',
      path: '/v1/api-keys',
      key: own,
      body: { name: `chaos ${++this.number}`, scopes: ['videos'] },
      random,
    });
    this.expect('a new key', made.status, 201);
    if (made.status !== 201) return;
    const key = { accountId: account.accountId, keyId: String(made.body.id), secret: String(made.body.secret) };
    this.keys.push(key);
    const used = await this.asking.customer({ method: 'GET', path: '/v1/videos?limit=1', key: key.secret, random });
    this.expect('a request with a new key', used.status, 200);
    const revoked = await this.asking.customer({
      method: 'DELETE',
      path: `/v1/api-keys/${key.keyId}`,
      key: own,
      random,
    });
    // An earlier try may have revoked it without anybody hearing so: the log must say that it did.
    const isGone = revoked.status === 404 && !revoked.isSure;
    if (!isGone) this.expect('a revocation', revoked.status, 200);
    if (isGone || revoked.status === 200) this.revoked.push(key);
  }

  private async turn({ accountId }: TestAccount): Promise<void> {
    const before = this.suspended.get(accountId) ?? false;
    const suspend = before === 'unsure' ? this.random.chance(0.5) : !before;
    const { status, isSure } = await this.asking.operator(
      'POST',
      `/admin/v1/accounts/${accountId}/${suspend ? 'suspend' : 'resume'}`,
      {},
    );
    this.expect('a suspension', status, 200);
    this.suspensions += 1;
    this.suspended.set(accountId, isSure && before !== 'unsure' ? suspend : 'unsure');
  }

  private async doWhatIsRefused(account: TestAccount): Promise<void> {
    const { random } = this;
    const limits = await this.asking.operator('PUT', `/admin/v1/accounts/${account.accountId}/limits`, {
      environment: 'live',
      reads_per_minute: 0,
    });
    this.expect('limits of nothing', limits.status, 400);
    const nobody = await this.asking.operator('PUT', `/admin/v1/accounts/${NOBODY}/limits`, {
      environment: 'live',
      reads_per_minute: PER_MINUTE,
    });
    this.expect('limits of nobody', nobody.status, 404);
    const key = await this.asking.customer({
      method: 'POST',
      path: '/v1/api-keys',
      key: account.keys.live,
      body: { name: '' },
      random,
    });
    this.expect('a key without a name', key.status, 400);
    this.refusals += 3;
  }

  private expect(what: string, status: number, wanted: number): void {
    if (status !== wanted) this.asking.surprises.push(`${what} was answered ${status} instead of ${wanted}`);
  }
}
