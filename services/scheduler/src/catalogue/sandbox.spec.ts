import { sandboxOrders } from './sandbox';

it.each([
  ['a lighthouse', { holdPendingSeconds: 0, duplicateWebhook: false }],
  ['sandbox:http=429 a lighthouse', { holdPendingSeconds: 0, httpStatus: 429, duplicateWebhook: false }],
  ['sandbox:http=200', { holdPendingSeconds: 0, duplicateWebhook: false }],
  ['a sandbox:hold_pending=2.5 sandbox:duplicate_webhook', { holdPendingSeconds: 2.5, duplicateWebhook: true }],
  ['sandbox:hold_pending=-1', { holdPendingSeconds: 0, duplicateWebhook: false }],
  ['sandbox:hold_pending=soon', { holdPendingSeconds: 0, duplicateWebhook: false }],
  ['sandbox:hold_pending=99999999', { holdPendingSeconds: 3_600, duplicateWebhook: false }],
  ['my-sandbox:http=402', { holdPendingSeconds: 0, duplicateWebhook: false }],
])('reads %p', (prompt, orders) => {
  expect(sandboxOrders(prompt)).toEqual(orders);
});
