import fc from 'fast-check';
import type { Payment } from './account-state';
import { Batch, capKey, paymentKey, type LedgerCommand, type Loaded } from './batch';
import type { KeyCap } from './account-state';
import { changeIn, postingsOf, type AccountEvent, type Book } from './postings';
import { anyCommand, priceInUnits, someAgain } from './ledger-commands.fixture';
import { LedgerModel, said } from './ledger-model.fixture';
import { newBalance, type AccountBalance } from './account-balance';

const ACCOUNTS = ['acc_1', 'acc_2'];
const SECOND_MICROS = 10n;
const NOW = new Date('2026-06-15T12:00:00Z');
const prices = [
  { model: '*', resolution: '720p', perSecondMicros: SECOND_MICROS, priceVersion: 1, effectiveFrom: new Date(0) },
];

const JOBS = Array.from({ length: 6 }, (_, n) => `job_${n + 1}`);
const UNIT_MICROS = SECOND_MICROS / 10n;
/** A job belongs to one account, but now and then a command names the wrong one. */
const command = anyCommand({ accounts: ACCOUNTS, jobs: JOBS, unitMicros: UNIT_MICROS });
/** One generator for the properties and for what guards them: fast-check's default size would stop at ten. */
const history = fc.array(command, { minLength: 1, maxLength: 90, size: 'max' }).map(someAgain);
const newModel = () => new LedgerModel(priceInUnits(UNIT_MICROS));

function loaded(over: Partial<Loaded> = {}): Loaded {
  return {
    now: NOW,
    prices,
    accounts: new Map(ACCOUNTS.map((id): [string, AccountBalance] => [id, newBalance(id)])),
    holds: new Map(),
    payments: new Map(),
    done: new Map(),
    keyCaps: new Map(),
    countedKeys: new Map(),
    openHolds: new Map(),
    ...over,
  };
}

/** What the store loads of keys that the batch may cap. */
const countedKeys = new Map(
  ACCOUNTS.flatMap((accountId) =>
    ['key_1', 'key_2'].map((apiKeyId): [string, KeyCap] => [
      capKey(accountId, apiKeyId),
      { accountId, apiKeyId, limitMicros: undefined, heldMicros: 0n, month: '2026-06', spentMicros: 0n },
    ]),
  ),
);

const newBatch = () => new Batch(loaded({ countedKeys }));

function eventsOf(batch: Batch): AccountEvent[] {
  return [...batch.events.values()].flat().map((traced) => traced.event);
}

/** The seed stands in the name of the test, so that a failure can be run again. */
const seed = Number.parseInt(process.env.FC_SEED ?? String(Date.now() % 2 ** 31), 10);

describe(`any commands in any order (FC_SEED=${seed})`, () => {
  const property = (check: (commands: LedgerCommand[]) => void) =>
    fc.assert(fc.property(history, check), { seed, numRuns: 300 });

  it('are answered as the model answers them, and leave the balance that it says, never negative', () =>
    property((commands) => {
      const batch = newBatch();
      const model = newModel();
      for (const next of commands) {
        const outcome = batch.decide({ command: next, traceparent: '' });
        expect([next, said(outcome)]).toEqual([next, model.answer(next)]);
        const { availableMicros, heldMicros, receivableMicros, thresholdMicros } = outcome.state;
        const { available, held, owed, threshold } = model.account(next.accountId);
        expect({ available, held, owed, threshold }).toEqual({
          available: availableMicros,
          held: heldMicros,
          owed: receivableMicros,
          threshold: thresholdMicros,
        });
        expect(availableMicros >= 0n && heldMicros >= 0n && receivableMicros >= 0n).toBe(true);
        expect(availableMicros === 0n || receivableMicros === 0n).toBe(true);
      }
    }));

  /** Always the same commands: it says what they can reach, not what they happened to reach today. */
  it('reach every answer that there is', () => {
    const answers = new Set<string>();
    for (const commands of fc.sample(history, { seed: 4, numRuns: 2_000 })) {
      const model = newModel();
      for (const next of commands) answers.add(`${next.type} ${model.answer(next)}`);
    }
    const KINDS = [
      'AddFunds',
      'PlaceHold',
      'VoidHold',
      'Settle',
      'RefundCapture',
      'ReverseFunds',
      'ReinstateFunds',
      'Adjust',
      'SetSpendCap',
      'SetLowBalanceThreshold',
    ];
    const wanted = [
      ...KINDS.flatMap((kind) => [`${kind} done`, `${kind} again`]),
      'PlaceHold hold_conflict',
      'PlaceHold hold_voided',
      'PlaceHold price_unavailable',
      'PlaceHold spend_cap_reached',
      'PlaceHold insufficient_balance',
      'VoidHold hold_captured',
      'Settle hold_unknown',
      'Settle verdict_conflict',
      'Settle capture_exceeds_hold',
      'Settle verdict_not_whole',
      'RefundCapture hold_not_captured',
      'RefundCapture refund_exceeds_capture',
      'RefundCapture refund_conflict',
      'AddFunds payment_conflict',
      'ReverseFunds payment_unknown',
      'ReverseFunds reversal_exceeds_payment',
      'ReverseFunds reversal_conflict',
      'ReinstateFunds payment_unknown',
      'ReinstateFunds reinstatement_conflict',
      'ReinstateFunds reinstatement_exceeds_reversal',
      'Adjust insufficient_balance',
      'Adjust adjustment_conflict',
    ];
    expect(wanted.filter((answer) => !answers.has(answer))).toEqual([]);
  });

  it('record postings that sum to zero and make up the balance', () =>
    property((commands) => {
      const batch = newBatch();
      commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
      for (const event of eventsOf(batch))
        expect(postingsOf(event).reduce((sum, posting) => sum + posting.micros, 0n)).toBe(0n);
      const total = (book: Book, events: AccountEvent[]) =>
        events.reduce((sum, event) => sum + changeIn(book, event), 0n);
      for (const account of batch.changedAccounts()) {
        const events = batch.events.get(account.accountId)!.map((traced) => traced.event);
        expect([
          account.availableMicros,
          account.heldMicros,
          -account.receivableMicros,
          account.totalSpendMicros,
        ]).toEqual([
          total('available', events),
          total('held', events),
          total('receivable', events),
          total('revenue', events),
        ]);
        const { addedMicros, refundedMicros, adjustedMicros, chargedMicros, reversedMicros } = account.period.movements;
        expect(addedMicros + refundedMicros + adjustedMicros - chargedMicros - reversedMicros).toBe(
          account.availableMicros + account.heldMicros - account.receivableMicros,
        );
      }
    }));

  it('end each hold once and record each late outcome once', () =>
    property((commands) => {
      const batch = newBatch();
      commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
      const ends = eventsOf(batch).flatMap((event) =>
        event.$case === 'holdCaptured' || event.$case === 'holdReleased' ? [event.value.jobId] : [],
      );
      expect(new Set(ends).size).toBe(ends.length);
      const late = eventsOf(batch).flatMap((event) =>
        event.$case === 'lateOutcomeRecorded' ? [event.value.jobId] : [],
      );
      expect(new Set(late).size).toBe(late.length);
    }));

  it('never refund more than was captured, nor reverse more than was paid', () =>
    property((commands) => {
      const batch = newBatch();
      commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
      for (const { hold } of batch.rows.holds.values()) expect(hold.refundedMicros <= hold.capturedMicros).toBe(true);
      for (const payment of batch.rows.payments.values())
        expect(payment.reversedMicros <= payment.amountMicros).toBe(true);
    }));

  it('never hold or spend more than the cap of the moment', () =>
    property((commands) => {
      const batch = newBatch();
      for (const next of commands) {
        const { refusal, replayed, state } = batch.decide({ command: next, traceparent: '' });
        if (next.type !== 'PlaceHold' || refusal !== undefined || replayed) continue;
        const [balance] = batch.changedAccounts().filter((account) => account.accountId === next.accountId);
        const { chargedMicros, refundedMicros } = balance!.period.movements;
        if (state.accountCap.limitMicros !== undefined)
          expect(chargedMicros - refundedMicros + balance!.heldMicros <= state.accountCap.limitMicros).toBe(true);
      }
    }));

  it('answer the same when they come again', () =>
    property((commands) => {
      const batch = newBatch();
      commands.forEach((next) => batch.decide({ command: next, traceparent: '' }));
      const before = eventsOf(batch).length;
      for (const { event } of [...batch.events.values()].flat()) {
        if (event.$case !== 'holdCaptured' && (event.$case !== 'fundsAdded' || event.value.reinstates !== undefined))
          continue;
        const again: LedgerCommand =
          event.$case === 'fundsAdded'
            ? { type: 'AddFunds', accountId: ownerOf(batch, event), source: 'manual', ...pick(event.value) }
            : {
                type: 'Settle',
                accountId: ownerOf(batch, event),
                jobId: event.value.jobId,
                chargedMicros: event.value.capturedMicros,
                releasedMicros: event.value.releasedMicros,
                rule: '',
              };
        expect(batch.decide({ command: again, traceparent: '' })).toMatchObject({ refusal: undefined, replayed: true });
      }
      expect(eventsOf(batch)).toHaveLength(before);
    }));
});

function ownerOf(batch: Batch, wanted: AccountEvent): string {
  return [...batch.events].find(([, events]) => events.some((traced) => traced.event === wanted))![0];
}

function pick({
  amountMicros,
  paymentRef,
  author,
  note,
}: {
  amountMicros: bigint;
  paymentRef: string;
  author: string;
  note: string;
}) {
  return { amountMicros, paymentRef, author, note };
}

describe('a batch', () => {
  const balance: AccountBalance = {
    ...newBalance('acc_1'),
    version: 7n,
    availableMicros: 30n,
    period: { ...newBalance('').period, month: '2026-06', firstVersion: 1n },
  };
  const payments = new Map<string, Payment>([
    [paymentKey('acc_1', 'p1'), { amountMicros: 30n, reversedMicros: 0n, source: 'manual' }],
  ]);
  const placing = (job: string, seconds = 3): LedgerCommand => ({
    type: 'PlaceHold',
    accountId: 'acc_1',
    jobId: job,
    terms: { apiKeyId: 'key_1', model: 'm', resolution: '720p', durationSeconds: seconds },
  });

  it('decides on rows that were loaded before it', () => {
    const batch = new Batch(loaded({ accounts: new Map([['acc_1', balance]]), payments }));
    expect(
      batch.decide({
        traceparent: '',
        command: {
          type: 'AddFunds',
          accountId: 'acc_1',
          amountMicros: 30n,
          source: 'manual',
          paymentRef: 'p1',
          author: '',
          note: '',
        },
      }).replayed,
    ).toBe(true);
    expect(batch.decide({ traceparent: 't', command: placing('job_1') }).refusal).toBeUndefined();
    expect(batch.decide({ traceparent: '', command: placing('job_2') }).refusal).toBe('insufficient_balance');
    expect(batch.rows.entries).toEqual([
      {
        accountId: 'acc_1',
        version: 8n,
        jobId: 'job_1',
        availableAfterMicros: 0n,
        heldAfterMicros: 30n,
        receivableAfterMicros: 0n,
      },
    ]);
    expect([...batch.rows.holds.keys()]).toEqual(['job_1']);
  });

  it('closes the month before the first event of the next, once, with all that is open', () => {
    const openHolds = [{ jobId: 'job_old', apiKeyId: 'key_1', amountMicros: 5n }];
    const batch = new Batch(
      loaded({
        now: new Date('2026-08-01T00:00:00Z'),
        accounts: new Map([['acc_1', { ...balance, heldMicros: 5n }]]),
        openHolds: new Map([['acc_1', openHolds]]),
      }),
    );
    batch.decide({ traceparent: '', command: placing('job_1', 1) });
    batch.decide({ traceparent: '', command: placing('job_2', 1) });
    const events = eventsOf(batch);
    expect(events.map((event) => event.$case)).toEqual(['periodClosed', 'holdPlaced', 'holdPlaced']);
    expect(events[0]!.value).toMatchObject({
      period: '2026-06',
      firstVersion: 1n,
      lastVersion: 7n,
      openHolds,
      closing: { availableMicros: 30n, heldMicros: 5n },
    });
    expect(batch.rows.statements).toHaveLength(1);
    expect(batch.changedAccounts()[0]!.period).toMatchObject({
      month: '2026-08',
      firstVersion: 8n,
      opening: { availableMicros: 30n, heldMicros: 5n },
    });
  });

  it('does not close a month for a refusal, and not again when a clock is behind', () => {
    const late = {
      ...balance,
      lastRecordedAt: new Date('2026-07-01T00:00:00.001Z'),
      period: { ...balance.period, month: '2026-07' },
    };
    const batch = new Batch(
      loaded({ now: new Date('2026-06-30T23:59:59.999Z'), accounts: new Map([['acc_1', late]]) }),
    );
    expect(batch.decide({ traceparent: '', command: placing('job_1', 5) }).refusal).toBe('insufficient_balance');
    batch.decide({ traceparent: '', command: placing('job_2', 1) });
    expect(eventsOf(batch).map((event) => event.$case)).toEqual(['holdPlaced']);
    expect(batch.changedAccounts()[0]!.lastRecordedAt).toEqual(late.lastRecordedAt);
  });

  it('counts a key that is capped, also within the batch that caps it', () => {
    const keyCaps = new Map([
      [
        'acc_1 key_1',
        {
          accountId: 'acc_1',
          apiKeyId: 'key_1',
          limitMicros: undefined,
          heldMicros: 0n,
          month: '2026-06',
          spentMicros: 5n,
        },
      ],
    ]);
    const batch = new Batch(loaded({ accounts: new Map([['acc_1', balance]]), countedKeys: keyCaps }));
    batch.decide({
      traceparent: '',
      command: { type: 'SetSpendCap', accountId: 'acc_1', apiKeyId: 'key_1', limitMicros: 25n, author: 'ann' },
    });
    expect(batch.decide({ traceparent: '', command: placing('job_1', 1) }).refusal).toBeUndefined();
    expect(batch.decide({ traceparent: '', command: placing('job_2', 1) }).refusal).toBeUndefined();
    expect(batch.decide({ traceparent: '', command: placing('job_3', 1) }).refusal).toBe('spend_cap_reached');
    expect([...batch.rows.keyCaps.values()]).toEqual([
      { ...keyCaps.get('acc_1 key_1')!, limitMicros: 25n, heldMicros: 20n },
    ]);
  });

  it.each([undefined, -1n])('forgets the counters of a key that had no cap and gets none (limit %s)', (limitMicros) => {
    const countedKeys = new Map([
      [
        'acc_1 key_1',
        {
          accountId: 'acc_1',
          apiKeyId: 'key_1',
          limitMicros: undefined,
          heldMicros: 0n,
          month: '2026-06',
          spentMicros: 0n,
        },
      ],
    ]);
    const batch = new Batch(loaded({ accounts: new Map([['acc_1', balance]]), countedKeys }));
    batch.decide({ traceparent: '', command: placing('job_1', 1) });
    batch.decide({
      traceparent: '',
      command: { type: 'SetSpendCap', accountId: 'acc_1', apiKeyId: 'key_1', limitMicros, author: 'ann' },
    });
    batch.decide({ traceparent: '', command: placing('job_2', 1) });
    expect(eventsOf(batch).map((event) => event.$case)).toEqual(['holdPlaced', 'holdPlaced']);
    expect([...batch.rows.keyCaps.values()]).toEqual([]);
  });
});
