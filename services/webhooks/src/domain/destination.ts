/**
 * What is isolated from what: one account's use of one server. A slow server delays nothing else of the account, and one
 * account's dead endpoint nothing of another account on the same server.
 */
export function isolationKey(accountId: string, url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${accountId} ${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
