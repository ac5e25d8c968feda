import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

/** Nobody can tell the addresses now; that says nothing about the name. */
export class LookUpFailed extends Error {
  override readonly name = 'LookUpFailed';
}

const ANSWER_WITHIN_MS = 2_000;
const TRIES = 2;
const HOSTS_FILE = '/etc/hosts';
const RESOLV_FILE = '/etc/resolv.conf';
/** The name server answered: there is no such name, or it has no address of this kind. */
const NO_ADDRESS: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

export interface HostNamesOptions {
  /** Name servers as `address:port`; those of the machine unless given. */
  readonly servers?: readonly string[];
  readonly answerWithinMs?: number;
  readonly hostsFile?: string;
  readonly resolvFile?: string;
}

/**
 * The addresses of host names by c-ares, on sockets of its own: the look-up of the system takes one of the few threads that all
 * file access shares, and a name server that is silent keeps it for minutes.
 */
export class HostNames {
  private readonly resolver: Resolver;

  constructor(private readonly options: HostNamesOptions = {}) {
    this.resolver = new Resolver({ timeout: options.answerWithinMs ?? ANSWER_WITHIN_MS, tries: TRIES });
    if (options.servers) this.resolver.setServers([...options.servers]);
  }

  /** Empty when the name has no address. @throws LookUpFailed when no answer came. */
  async resolve(hostname: string): Promise<string[]> {
    const known = await this.ofHostsFile(hostname);
    if (known.length > 0) return known;
    for (const name of [hostname, ...(await this.searched(hostname))]) {
      const addresses = await this.ask(name);
      if (addresses.length > 0) return addresses;
    }
    return [];
  }

  stop(): void {
    this.resolver.cancel();
  }

  private async ask(hostname: string): Promise<string[]> {
    const [v4, v6] = await Promise.allSettled([this.resolver.resolve4(hostname), this.resolver.resolve6(hostname)]);
    const addresses = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const failed = [v4, v6].find(
      (answer) => answer.status === 'rejected' && !NO_ADDRESS.has((answer.reason as NodeJS.ErrnoException).code),
    );
    if (failed) throw new LookUpFailed('the host name could not be looked up');
    return [];
  }

  /** Under the domains of the machine, as those of a cluster complete the names of its services. */
  private async searched(hostname: string): Promise<string[]> {
    const text = await readFile(this.options.resolvFile ?? RESOLV_FILE, 'utf8').catch(() => '');
    const dots = Number(/^options\b.*\bndots:(\d+)/m.exec(text)?.[1] ?? 1);
    if (hostname.endsWith('.') || hostname.split('.').length - 1 >= dots) return [];
    const domains = /^search\s+(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
    return domains.filter((domain) => domain !== '.').map((domain) => `${hostname}.${domain}`);
  }

  private async ofHostsFile(hostname: string): Promise<string[]> {
    const text = await readFile(this.options.hostsFile ?? HOSTS_FILE, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
      return address && names.some((name) => name.toLowerCase() === hostname.toLowerCase()) ? [address] : [];
    });
  }
}
