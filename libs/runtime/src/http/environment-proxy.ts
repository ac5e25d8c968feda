import { globalAgent } from 'node:https';

/**
 * For the options of an agent of one's own: Node's own agents and `fetch` obey HTTP_PROXY, HTTPS_PROXY and NO_PROXY where
 * NODE_USE_ENV_PROXY=1, others only where they are told to.
 */
export function environmentProxy(): Pick<typeof globalAgent.options, 'proxyEnv'> {
  const { proxyEnv } = globalAgent.options;
  return proxyEnv === undefined ? {} : { proxyEnv };
}
