export type Environment = 'live' | 'test';

/** How the names of such books end. */
export const PLAY_MONEY = ':test';

/**
 * The name under which the ledger knows an account's money: the account's own, or that with a mark for the play money of its test
 * environment. To the ledger each is an account of its own, so that no statement can mix the two.
 */
export function bookOf(accountId: string, environment: string): string {
  return environment === 'test' ? `${accountId}${PLAY_MONEY}` : accountId;
}

export function isPlayMoney(book: string): boolean {
  return book.endsWith(PLAY_MONEY);
}

/** Whose book it is, and in which environment. */
export function ownerOf(book: string): { accountId: string; environment: Environment } {
  return isPlayMoney(book)
    ? { accountId: book.slice(0, -PLAY_MONEY.length), environment: 'test' }
    : { accountId: book, environment: 'live' };
}
