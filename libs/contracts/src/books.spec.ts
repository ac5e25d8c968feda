import { bookOf, isPlayMoney, ownerOf } from './books';

test.each(['live', 'test'] as const)('the book of an account in %s gives back both', (environment) => {
  expect(ownerOf(bookOf('acc_1', environment))).toEqual({ accountId: 'acc_1', environment });
});

test("play money is kept apart from the account's own, and that is known by the account's id", () => {
  expect(bookOf('acc_1', 'live')).toBe('acc_1');
  expect([isPlayMoney(bookOf('acc_1', 'live')), isPlayMoney(bookOf('acc_1', 'test'))]).toEqual([false, true]);
});
