import { CreateJobAnswer } from '@usvideo/contracts/scheduler';
import { createRefusal } from './create-refusal';
import { Refusal, errorBody, invalidRequest, refusedValue, retryHeaders } from './refusal';

const DOCS = 'https://api.example.com/docs/errors';
const SUPPORT = 'https://support.example.com';
const refusalOf = (answer: Partial<CreateJobAnswer>) => createRefusal(CreateJobAnswer.fromPartial(answer), SUPPORT);

describe('what the scheduler refuses', () => {
  it.each([
    ['rate_limit_exceeded', 429, 'rate_limit_exceeded'],
    ['queue_limit_exceeded', 429, 'queue_limit_exceeded'],
    ['insufficient_balance', 402, 'insufficient_balance'],
    ['spend_cap_reached', 402, 'spend_cap_reached'],
    ['price_unavailable', 503, 'price_unavailable'],
    ['model_unknown', 400, 'invalid_request'],
    ['idempotency_key_reused', 422, 'idempotency_key_reused'],
    ['idempotency_in_progress', 409, 'idempotency_in_progress'],
    ['capacity_exhausted', 503, 'capacity_exhausted'],
    ['account_suspended', 403, 'account_suspended'],
    ['service_unavailable', 503, 'service_unavailable'],
    ['something_new', 503, 'service_unavailable'],
    ['toString', 503, 'service_unavailable'],
  ])('%s is answered %d %s', (refusal, status, code) => {
    expect(refusalOf({ refusal })).toMatchObject({ httpStatus: status, code });
  });

  it.each([
    [402, 'insufficient_balance'],
    [429, 'rate_limit_exceeded'],
    [503, 'capacity_exhausted'],
  ])('a sandbox prompt may ask for %d', (sandboxHttpStatus, code) => {
    expect(refusalOf({ refusal: 'sandbox_refusal', sandboxHttpStatus })).toMatchObject({
      httpStatus: sandboxHttpStatus,
      code,
    });
  });

  it('says what is missing, and names the support page where a limit could be raised', () => {
    expect(
      refusalOf({ refusal: 'insufficient_balance', requiredMicros: 1_250_000n, availableMicros: 1_249_999n }).message,
    ).toContain('costs $1.25 and $1.249999 is available: $0.000001 is missing');
    expect(
      errorBody(refusalOf({ refusal: 'insufficient_balance', requiredMicros: 5n, availableMicros: 2n }), 'r', DOCS),
    ).toMatchObject({ required_micros: 5, available_micros: 2, shortfall_micros: 3 });
    expect(
      refusalOf({ refusal: 'insufficient_balance', requiredMicros: 0n, availableMicros: 2_000_000n }).message,
    ).not.toContain('$0.00');
    for (const refusal of ['rate_limit_exceeded', 'queue_limit_exceeded'])
      expect(refusalOf({ refusal }).message).toContain(SUPPORT);
  });
});

describe('an error', () => {
  it('has one form', () => {
    expect(errorBody(new Refusal('not_found', 'Nothing.'), 'req_1', DOCS)).toEqual({
      error: 'not_found',
      message: 'Nothing.',
      request_id: 'req_1',
      doc_url: `${DOCS}/not_found`,
    });
    expect(errorBody(new Refusal('job_not_cancellable', 'No.', { status: 'processing' }), 'req_1', DOCS)).toMatchObject(
      { status: 'processing' },
    );
    expect(errorBody(invalidRequest([{ field: 'a', message: 'is bad' }]), 'req_1', DOCS)).toMatchObject({
      message: 'a: is bad',
      details: [{ field: 'a', message: 'is bad' }],
    });
  });

  it('hands on what a service says of a field, and nothing else that it says', () => {
    expect(refusedValue('name must be shorter\nlimit must be 1 to 100').extras.details).toEqual([
      { field: 'name', message: 'must be shorter' },
      { field: 'limit', message: 'must be 1 to 100' },
    ]);
    for (const said of ['amount_out_of_range', 'select * from account', 'Error: at /srv/app.js:3', '', undefined])
      expect(refusedValue(said)).toMatchObject({ httpStatus: 400, extras: {} });
  });

  it('lists a bounded number of faults', () => {
    const faults = Array.from({ length: 5_000 }, (_, index) => ({
      field: `f${index}`,
      message: 'is not a known field',
    }));
    expect(invalidRequest(faults).extras.details).toHaveLength(50);
  });

  it.each([
    [1, '1'],
    [999, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [0, '1'],
  ])('rounds a wait of %d ms up', (ms, seconds) => expect(retryHeaders(ms)['retry-after']).toBe(seconds));
});
