import fc from 'fast-check';
import type { LedgerCommand } from './batch';
import type { HoldTerms } from '../prices/price';

export interface Names {
  readonly accounts: readonly string[];
  readonly jobs: readonly string[];
  /** The amounts of all commands are multiples of it; a second of 720p costs ten. */
  readonly unitMicros: bigint;
}

/** Any command about a few accounts and jobs, so that most of them get in each other's way. */
export function anyCommand({ accounts, jobs, unitMicros }: Names): fc.Arbitrary<LedgerCommand> {
  const units = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map((n) => n * unitMicros);
  const kind = <Kind extends LedgerCommand['type']>(name: Kind) => fc.constant(name);
  const accountId = fc.constantFrom(...accounts);
  const jobId = fc.constantFrom(...jobs);
  const paymentRef = fc.constantFrom('p1', 'p2', 'p3', 'p4');
  const by = { reason: fc.constant('because'), author: fc.constant('ann') };
  const terms = fc.record({
    apiKeyId: fc.constantFrom('key_1', 'key_2'),
    model: fc.constant('m'),
    resolution: fc.constantFrom('720p', '720p', '720p', '9p'),
    durationSeconds: fc.integer({ min: 0, max: 5 }),
  });
  /** Mostly of a whole hold, now and then of anything. */
  const verdict = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(fc.bigInt({ min: 1n, max: 5n }), fc.constantFrom(0n, 1n, 2n)).map(([seconds, half]) => {
        const amount = 10n * seconds * unitMicros;
        return { chargedMicros: (amount * half) / 2n, releasedMicros: amount - (amount * half) / 2n };
      }),
    },
    fc.record({ chargedMicros: units(-1n, 51n), releasedMicros: units(-1n, 50n) }),
  );
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: kind('AddFunds'),
        accountId,
        amountMicros: units(0n, 80n),
        source: fc.constantFrom('manual' as const, 'promotion' as const),
        paymentRef,
        author: fc.constant(''),
        note: fc.constant(''),
      }),
    },
    { weight: 6, arbitrary: fc.record({ type: kind('PlaceHold'), accountId, jobId, terms }) },
    fc.record({ type: kind('VoidHold'), accountId, jobId }),
    {
      weight: 6,
      arbitrary: fc
        .record({ type: kind('Settle'), accountId, jobId, rule: fc.constant('completed') })
        .chain((settle) => verdict.map((amounts) => ({ ...settle, ...amounts }))),
    },
    {
      weight: 7,
      arbitrary: fc.record({
        type: kind('RefundCapture'),
        accountId,
        jobId,
        refundKey: fc.constantFrom('r1', 'r1', 'r2'),
        amountMicros: fc.constantFrom(0n, 5n, 5n, 10n, 30n).map((n) => n * unitMicros),
        ...by,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: kind('ReverseFunds'),
        accountId,
        paymentRef,
        reversalRef: fc.constantFrom('v1', 'v2', 'v3'),
        amountMicros: units(0n, 80n),
        ...by,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: kind('ReinstateFunds'),
        accountId,
        paymentRef,
        reversalRef: fc.constantFrom('v1', 'v2', 'v3'),
        amountMicros: units(0n, 80n),
        author: fc.constant('ann'),
        note: fc.constant(''),
      }),
    },
    fc.record({
      type: kind('Adjust'),
      accountId,
      adjustmentRef: fc.constantFrom('a1', 'a2'),
      amountMicros: units(-30n, 30n),
      ...by,
    }),
    fc.record({
      type: kind('SetSpendCap'),
      accountId,
      apiKeyId: fc.constantFrom('', 'key_1'),
      limitMicros: fc.option(units(-1n, 120n), { nil: undefined }),
      author: fc.constant('ann'),
    }),
    fc.record({
      type: kind('SetLowBalanceThreshold'),
      accountId,
      thresholdMicros: units(-1n, 30n),
      author: fc.constant('ann'),
    }),
  );
}

/** Every third one comes again soon after, as from a client that heard no answer. */
export function someAgain(commands: readonly LedgerCommand[]): LedgerCommand[] {
  return commands.flatMap((command, at) => (at % 3 === 2 ? [command, commands[at - 1]!] : [command]));
}

/** Ten units a second of 720p, whole seconds only. */
export function priceInUnits(unitMicros: bigint): (terms: HoldTerms) => bigint | undefined {
  return ({ resolution, durationSeconds }) =>
    resolution === '720p' && durationSeconds > 0 ? 10n * unitMicros * BigInt(durationSeconds) : undefined;
}
