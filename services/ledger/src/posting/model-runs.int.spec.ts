import fc from 'fast-check';
import type { Database } from '@usvideo/event-store';
import type { LedgerCommand } from '../account/batch';
import { anyCommand, priceInUnits } from '../account/ledger-commands.fixture';
import { LedgerModel, said, type Said } from '../account/ledger-model.fixture';
import type { AccountEvent } from '../account/postings';
import { decodeEvent } from './event-codec';
import { LedgerWorld, newAccount, newJob } from './ledger.fixture';
import { LedgerProcess } from './ledger-process.fixture';
import { LedgerVerifier } from '../proof/verifier.sql';

const seed = Number.parseInt(process.env.FC_SEED ?? String(Date.now() % 2 ** 31), 10);
/** A second of 720p costs ten of them in the price book. */
const UNIT_MICROS = 25_000n;
const CLIENTS = 16;
const COMMANDS = 900;

const newModel = () => new LedgerModel(priceInUnits(UNIT_MICROS));
const ask = (process: LedgerProcess, command: LedgerCommand): Promise<Said> => process.submit(command).then(said);

/** The same command about accounts and jobs of this run alone. */
function renamed(command: LedgerCommand, nameOf: (name: string) => string): LedgerCommand {
  return {
    ...command,
    accountId: nameOf(command.accountId),
    ...('jobId' in command ? { jobId: nameOf(command.jobId) } : {}),
  } as LedgerCommand;
}

describe(`the ledger does as the model says (FC_SEED=${seed})`, () => {
  let world: LedgerWorld;
  let database: Database;
  let processes: [LedgerProcess, LedgerProcess];

  beforeAll(async () => {
    world = await LedgerWorld.start();
    database = world.open('observer');
    processes = await Promise.all([LedgerProcess.start(world.url), LedgerProcess.start(world.url)]);
  });
  afterEach(async () =>
    expect(await new LedgerVerifier(database).verify()).toMatchObject({ differences: [], postingsSumMicros: 0n }),
  );
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await world.stop();
  });

  const balanceOf = async (accountId: string) => {
    const { rows } = await database.query<{ available: bigint; held: bigint; owed: bigint }>(
      'select available_micros as available, held_micros as held, receivable_micros as owed from ledger_account where account_id = $1',
      [accountId],
    );
    return rows[0] ?? { available: 0n, held: 0n, owed: 0n };
  };

  it('one command after another, through two processes in turn', async () => {
    /** What really runs: the names of this run, and whose turn it is. */
    interface Real {
      readonly nameOf: (name: string) => string;
      turn: number;
    }
    class Asked implements fc.AsyncCommand<LedgerModel, Real> {
      constructor(private readonly command: LedgerCommand) {}
      check(): boolean {
        return true;
      }
      async run(model: LedgerModel, real: Real): Promise<void> {
        const answer = await ask(processes[real.turn++ % 2]!, renamed(this.command, real.nameOf));
        expect([this.command, answer]).toEqual([this.command, model.answer(this.command)]);
        const { available, held, owed } = model.account(this.command.accountId);
        expect(await balanceOf(real.nameOf(this.command.accountId))).toEqual({ available, held, owed });
      }
      toString(): string {
        return JSON.stringify(this.command, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
      }
    }
    const command = anyCommand({
      accounts: ['acc_1', 'acc_2'],
      jobs: ['job_1', 'job_2', 'job_3', 'job_4'],
      unitMicros: UNIT_MICROS,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.commands([command.map((one) => new Asked(one))], { maxCommands: 80, size: 'max' }),
        async (commands) => {
          const names = new Map<string, string>();
          const nameOf = (name: string) => {
            if (!names.has(name)) names.set(name, name.startsWith('acc') ? newAccount() : newJob());
            return names.get(name)!;
          };
          await fc.asyncModelRun(() => ({ model: newModel(), real: { nameOf, turn: 0 } }), commands);
        },
      ),
      { seed, numRuns: 12, endOnFailure: true },
    );
  });

  it('and so do many clients at once: some order explains every answer, and no answer came before its command was sent', async () => {
    const accounts = Array.from({ length: 3 }, newAccount);
    const jobsOf = new Map(accounts.map((accountId) => [accountId, Array.from({ length: 40 }, newJob)]));
    const commands = accounts.flatMap((accountId, n) =>
      fc.sample(anyCommand({ accounts: [accountId], jobs: jobsOf.get(accountId)!, unitMicros: UNIT_MICROS }), {
        seed: seed + n,
        numRuns: COMMANDS / accounts.length,
      }),
    );
    const queue = commands.map((command, n) => told(command, n)).sort((one, other) => one.place - other.place);
    const history: Told[] = [];
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const sentAt = process.hrtime.bigint();
          const answer = await ask(processes[client % 2]!, next.command);
          history.push({ command: next.command, answer, sentAt, answeredAt: process.hrtime.bigint() });
        }
      }),
    );
    expect(history).toHaveLength(COMMANDS);
    expect(new Set(history.map(({ answer }) => answer)).size).toBeGreaterThan(10);
    for (const accountId of accounts)
      await explain(
        accountId,
        history.filter(({ command }) => command.accountId === accountId),
      );
  });

  interface Told {
    readonly command: LedgerCommand;
    readonly answer: Said;
    readonly sentAt: bigint;
    readonly answeredAt: bigint;
  }

  /** A cap and a threshold have no natural key: each gets a value of its own, by which its event is known. Clients take turns at all accounts. */
  function told(command: LedgerCommand, n: number): { command: LedgerCommand; place: number } {
    const own = BigInt(n);
    const unique =
      command.type === 'SetSpendCap' && command.limitMicros !== undefined
        ? { ...command, limitMicros: command.limitMicros + own }
        : command.type === 'SetLowBalanceThreshold'
          ? { ...command, thresholdMicros: command.thresholdMicros + own }
          : command;
    return {
      command:
        unique.type === 'SetSpendCap' && unique.limitMicros === undefined
          ? { ...unique, limitMicros: 100_000_000n + own }
          : unique,
      place: (n * 7_919) % COMMANDS,
    };
  }

  async function explain(accountId: string, history: readonly Told[]): Promise<void> {
    const { rows } = await database.query<{ payload: Buffer }>(
      'select payload from event where stream_id = $1 order by version',
      [accountId],
    );
    const order = new Map(
      rows.flatMap((row) => keyOfEvent(decodeEvent(row.payload)) ?? []).map((key, at) => [key, at]),
    );
    const changed = history
      .filter(({ answer }) => answer === 'done')
      .map((one) => ({ ...one, at: order.get(keyOf(one.command))! }))
      .sort((one, other) => one.at - other.at);
    expect(changed.map(({ at }) => at)).toEqual(Array.from(order, (_, at) => at));
    const models = [newModel()];
    for (const { command } of changed) {
      const model = models.at(-1)!.copy();
      expect([command, model.answer(command)]).toEqual([command, 'done']);
      models.push(model);
    }
    const { available, held, owed } = models.at(-1)!.account(accountId);
    expect(await balanceOf(accountId)).toEqual({ available, held, owed });
    for (const one of changed)
      for (const other of changed) if (one.answeredAt < other.sentAt) expect(one.at).toBeLessThan(other.at);
    for (const one of history.filter(({ answer }) => answer !== 'done')) {
      const first = Math.max(0, ...changed.filter((other) => other.answeredAt < one.sentAt).map(({ at }) => at + 1));
      const last = Math.min(
        changed.length,
        ...changed.filter((other) => other.sentAt > one.answeredAt).map(({ at }) => at),
      );
      const answers = models.slice(first, last + 1).map((model) => model.copy().answer(one.command));
      expect([one.command, answers]).toEqual([one.command, expect.arrayContaining([one.answer])]);
    }
  }
});

/** What only one command that was done can be called. */
function keyOf(command: LedgerCommand): string {
  switch (command.type) {
    case 'AddFunds':
      return `add ${command.paymentRef}`;
    case 'ReverseFunds':
      return `reverse ${command.reversalRef}`;
    case 'ReinstateFunds':
      return `reinstate ${command.reversalRef}`;
    case 'Adjust':
      return `adjust ${command.adjustmentRef}`;
    case 'ResetSandbox':
      return `adjust ${command.resetRef}`;
    case 'OpenSandbox':
      return 'open';
    case 'RefundCapture':
      return `refund ${command.jobId} ${command.refundKey}`;
    case 'PlaceHold':
      return `place ${command.jobId}`;
    case 'VoidHold':
    case 'Settle':
      return `end ${command.jobId}`;
    case 'SetSpendCap':
      return `cap ${command.limitMicros}`;
    case 'SetLowBalanceThreshold':
      return `threshold ${command.thresholdMicros}`;
  }
}

/** The key of the command that an event came from; undefined for what follows from another event. */
function keyOfEvent({ $case, value }: AccountEvent): string | undefined {
  switch ($case) {
    case 'fundsAdded':
      return value.reinstates === undefined ? `add ${value.paymentRef}` : `reinstate ${value.reinstates.reversalRef}`;
    case 'fundsReversed':
      return value.amountMicros === 0n ? `reinstate ${value.reversalRef}` : `reverse ${value.reversalRef}`;
    case 'adjustmentMade':
      return `adjust ${value.adjustmentRef}`;
    case 'captureRefunded':
      return `refund ${value.jobId} ${value.refundKey}`;
    case 'holdPlaced':
      return `place ${value.jobId}`;
    case 'holdCaptured':
    case 'holdReleased':
      return `end ${value.jobId}`;
    case 'spendCapSet':
      return `cap ${value.limitMicros}`;
    case 'lowBalanceThresholdSet':
      return `threshold ${value.thresholdMicros}`;
    case 'balanceLow':
    case 'lateOutcomeRecorded':
    case 'periodClosed':
      return undefined;
  }
}
