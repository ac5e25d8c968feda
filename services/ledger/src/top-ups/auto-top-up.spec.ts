import { faultsOfTerms, viewOf, type AutoTopUpRow } from './auto-top-up';

const DOLLAR = 1_000_000n;
const terms = {
  enabled: true,
  thresholdMicros: 20n * DOLLAR,
  amountMicros: 100n * DOLLAR,
  monthMaxMicros: 500n * DOLLAR,
};
const row: AutoTopUpRow = {
  ...terms,
  accountId: 'acc_1',
  provider: 'stripe',
  customerRef: 'cus_1',
  methodRef: 'pm_1',
  methodLabel: 'visa 4242',
  failure: '',
  monthChargedMicros: 0n,
  charging: false,
};

test.each([
  [{}, []],
  [{ thresholdMicros: 0n }, ['threshold_usd']],
  [{ amountMicros: 4n * DOLLAR }, ['amount_usd']],
  [{ amountMicros: 10_000_001n }, ['amount_usd']],
  [{ monthMaxMicros: 99n * DOLLAR }, ['monthly_max_usd']],
  [{ enabled: false, thresholdMicros: 0n, amountMicros: 0n, monthMaxMicros: 0n }, []],
])('terms with %j have faults in %j', (over, fields) => {
  expect(faultsOfTerms({ ...terms, ...over }).map((fault) => fault.split(' ')[0])).toEqual(fields);
});

test.each<[string, Partial<AutoTopUpRow>]>([
  ['off', { enabled: false }],
  ['no_payment_method', { methodRef: '', customerRef: '' }],
  ['waiting', {}],
  ['charging', { charging: true }],
  ['month_max_reached', { monthChargedMicros: 401n * DOLLAR }],
  ['waiting', { monthChargedMicros: 400n * DOLLAR }],
  ['failed', { failure: 'card_declined', charging: true }],
])('it is %s with %j', (state, over) =>
  expect(viewOf({ ...row, ...over }, true)).toMatchObject({ state, paymentMethod: 'visa 4242' }),
);

test('an account that never asked for it has it off', () =>
  expect(viewOf(undefined, false)).toMatchObject({ state: 'off', enabled: false, amountMicros: 0n, offered: false }));
