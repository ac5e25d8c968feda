import type { Environment } from '@usvideo/runtime';

const LOOPBACK = '127.0.0.0/8,::1/128';
const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

/**
 * Whoever tries the platform on a laptop has their receiver there, too: as long as no stranger can be a customer, webhooks and first
 * frames may reach this machine, save the platform's own ports. What the operator sets replaces it.
 */
export function reachOf(settings: Environment, ownPorts: readonly number[]): Environment {
  const isLocal =
    settings.REGISTRATION === 'closed' ||
    (settings.PUBLIC_URL === undefined && LOOPBACK_HOSTS.includes(settings.HOST ?? ''));
  if (settings.OUTBOUND_ALLOW_CIDRS !== undefined || !isLocal) return {};
  return { OUTBOUND_ALLOW_CIDRS: LOOPBACK, OUTBOUND_FORBIDDEN_PORTS: ownPorts.join(',') };
}
