/**
 * What is isolated from what: one account's use of one server. A slow server delays nothing else of the account, and one
 * account's dead endpoint nothing of another account on the same server. What is no URL is still attempted, so that the log says so.
 */
export function isolationKey(accountId: string, url: string): string {
  if (!URL.canParse(url)) return `${accountId} no server`;
  const { hostname, port, protocol } = new URL(url);
  return `${accountId} ${protocol}//${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
