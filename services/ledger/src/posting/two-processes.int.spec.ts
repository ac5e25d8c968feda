import fc from 'fast-check';
import type { Database } from '@usvideo/event-store';
import type { LedgerCommand } from '../account/batch';
import {
  addFunds,
  adjust,
  LedgerWorld,
  newAccount,
  newJob,
  placeHold,
  PRICE_MICROS,
  refund,
  reverse,
  settle,
  voidHold,
} from './ledger.fixture';
import { LedgerProcess, type Answer } from './ledger-process.fixture';
import { observe } from '../proof/imbalance.sql';
import { LedgerVerifier } from '../proof/verifier.sql';

const seed = Number.parseInt(process.env.FC_SEED ?? String(Date.now() % 2 ** 31), 10);
const CLIENTS = 24;

interface Told {
  readonly command: LedgerCommand;
  readonly answer: Answer;
  readonly sentAt: bigint;
  readonly answeredAt: bigint;
}

/** The life of a job as one client wants it; some ask twice, some contradict themselves. */
const life = fc.record({
  account: fc.integer({ min: 0, max: 3 }),
  twice: fc.boolean(),
  end: fc.constantFrom('capture', 'part', 'release', 'void', 'both', 'none'),
  refund: fc.boolean(),
});

/** What the account must be worth, from answers alone: every natural key that was ever accepted counts once. */
function netOf(accountId: string, told: readonly Told[]): bigint {
  const done = new Map<string, bigint>();
  for (const { command, answer } of told) {
    if (command.accountId !== accountId || answer.refusal !== undefined) continue;
    if (command.type === 'AddFunds') done.set(`add ${command.paymentRef}`, command.amountMicros);
    if (command.type === 'ReverseFunds') done.set(`reverse ${command.reversalRef}`, -command.amountMicros);
    if (command.type === 'Adjust') done.set(`adjust ${command.adjustmentRef}`, command.amountMicros);
    if (command.type === 'Settle') done.set(`settle ${command.jobId}`, -command.chargedMicros);
    if (command.type === 'RefundCapture')
      done.set(`refund ${command.jobId} ${command.refundKey}`, command.amountMicros);
  }
  return [...done.values()].reduce((sum, micros) => sum + micros, 0n);
}

describe(`two ledger processes on one database (FC_SEED=${seed})`, () => {
  let world: LedgerWorld;
  let database: Database;
  const told: Told[] = [];

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('observer');
  });
  afterAll(() => world.stop());

  it('answer what happened, in an order that everybody can agree on, also when one of them is killed', async () => {
    const processes = await Promise.all([LedgerProcess.start(world.url), LedgerProcess.start(world.url)]);
    let killing: Promise<void> | undefined;
    const ask = async (command: LedgerCommand, preferred: number): Promise<Answer> => {
      const sentAt = process.hrtime.bigint();
      // A command without an answer is asked again, elsewhere, under the same natural key.
      const answer = await processes[preferred % 2]!.submit(command).catch(() => processes[1]!.submit(command));
      told.push({ command, answer, sentAt, answeredAt: process.hrtime.bigint() });
      if (told.length === 500) killing = processes[0]!.kill();
      return answer;
    };
    const accounts = Array.from({ length: 4 }, newAccount);
    await Promise.all(accounts.map((accountId, n) => ask(addFunds(accountId, 40n * PRICE_MICROS), n)));
    const lives = fc.sample(life, { seed, numRuns: 300 });
    const live = async (one: (typeof lives)[number], client: number): Promise<void> => {
      const [accountId, jobId] = [accounts[one.account]!, newJob()];
      const [placed] = await Promise.all([
        ask(placeHold(accountId, jobId), client),
        ...(one.twice ? [ask(placeHold(accountId, jobId), client + 1)] : []),
      ]);
      if (placed.refusal === 'insufficient_balance')
        await ask(addFunds(accountId, 5n * PRICE_MICROS, `pay_${jobId}`), client);
      const ends: Record<string, LedgerCommand[]> = {
        capture: [settle(accountId, jobId)],
        part: [settle(accountId, jobId, 1_000_000n), settle(accountId, jobId, 1_000_000n)],
        release: [settle(accountId, jobId, 0n)],
        void: [voidHold(accountId, jobId)],
        both: [settle(accountId, jobId), voidHold(accountId, jobId)],
        none: [],
      };
      await Promise.all(ends[one.end]!.map((command, n) => ask(command, client + n)));
      if (one.refund)
        await Promise.all([0, 1].map((n) => ask(refund(accountId, jobId, 700_000n, `r${n}`), client + n)));
      if (client === 0) await ask(adjust(accountId, -3n, `adj_${jobId}`), client);
      if (client === 1) await ask(reverse(accountId, 1_000n, `re_${jobId}`), client);
    };
    const queue = [...lives];
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => {
        for (let one = queue.pop(); one !== undefined; one = queue.pop()) await live(one, client);
      }),
    );
    await killing;
    await processes[1]!.stop();
    expect(killing).toBeDefined();
    expect(told.length).toBeGreaterThan(700);
    for (const accountId of accounts) {
      const { rows } = await database.query<{ net: bigint }>(
        'select available_micros + held_micros - receivable_micros as net from ledger_account where account_id = $1',
        [accountId],
      );
      expect(rows[0]!.net).toBe(netOf(accountId, told));
    }
    expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n });
    expect(await observe(database)).toMatchObject({ imbalanceMicros: 0n });
  }, 90_000);

  it('put a command that was sent after an acknowledgement behind the acknowledged one', async () => {
    const KINDS: Partial<Record<LedgerCommand['type'], string[]>> = {
      PlaceHold: ['hold_placed'],
      Settle: ['hold_captured', 'hold_released'],
      AddFunds: ['funds_added'],
    };
    const { rows } = await database.query<{ stream_id: string; version: bigint; kind: string; reference: string }>(`
      select v.stream_id, v.version, v.kind, coalesce(nullif(e.job_id, ''), '') as reference
      from event v join entry e on e.account_id = v.stream_id and e.version = v.version where e.job_id <> ''`);
    const versions = new Map(rows.map((row) => [`${row.kind} ${row.reference}`, row.version]));
    const versionOf = ({ command }: Told) =>
      'jobId' in command
        ? KINDS[command.type]
            ?.map((kind) => versions.get(`${kind} ${command.jobId}`))
            .find((found) => found !== undefined)
        : undefined;
    const changed = told
      .filter(({ answer }) => answer.refusal === undefined && answer.replayed === false)
      .map((one) => ({ ...one, version: versionOf(one) }))
      .filter((one): one is Told & { version: bigint } => one.version !== undefined);
    expect(changed.length).toBeGreaterThan(250);
    for (const mine of Map.groupBy(changed, ({ command }) => command.accountId).values()) {
      const byAnswer = [...mine].sort((one, other) => (one.answeredAt < other.answeredAt ? -1 : 1));
      const bySending = [...mine].sort((one, other) => (one.sentAt < other.sentAt ? -1 : 1));
      let highest = 0n;
      let next = 0;
      for (const later of bySending) {
        while (next < byAnswer.length && byAnswer[next]!.answeredAt < later.sentAt)
          highest = byAnswer[next]!.version > highest ? byAnswer[next++]!.version : (next++, highest);
        expect(later.version).toBeGreaterThan(highest);
      }
    }
  });
});
