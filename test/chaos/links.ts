import { TcpProxy } from '../../libs/testing/src/tcp-proxy.ts';

export type LinkClass = 'postgres' | 'kafka' | 'grpc';

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly class: LinkClass;
  readonly proxy: TcpProxy;
  /** Bytes carried in the last second. */
  recentBytes: number;
}

const SAMPLE_MS = 500;

/** Every connection between two parts of the cluster goes through a proxy of ours, one for each pair of processes. */
export class Links {
  readonly all: Link[] = [];
  private readonly unused: TcpProxy[];
  private readonly sampling: NodeJS.Timeout;

  private constructor(proxies: TcpProxy[]) {
    this.unused = proxies;
    let before = new Map<Link, number[]>();
    this.sampling = setInterval(() => {
      before = new Map(this.all.map((link) => [link, [...(before.get(link) ?? []).slice(-2), link.proxy.bytes]]));
      for (const [link, [oldest = 0]] of before) link.recentBytes = link.proxy.bytes - oldest;
    }, SAMPLE_MS);
  }

  static async open(count: number): Promise<Links> {
    return new Links(await Promise.all(Array.from({ length: count }, () => TcpProxy.unassigned())));
  }

  /** What `startCluster` asks for the address under which one part reaches another. */
  readonly wiring = (from: string, to: string, address: string): string => {
    const known = this.all.find((link) => link.from === from && link.to === to);
    if (known !== undefined) return known.proxy.address;
    const proxy = this.unused.pop();
    if (proxy === undefined) throw new Error('there are more links than proxies');
    proxy.leadTo(address);
    this.all.push({ from, to, class: to === 'postgres' || to === 'kafka' ? to : 'grpc', proxy, recentBytes: 0 });
    return proxy.address;
  };

  /** The links of a class over which something has just gone. */
  busy(of: LinkClass): Link[] {
    return this.all.filter((link) => link.class === of && link.recentBytes > 0 && link.proxy.connections > 0);
  }

  into(part: string): Link[] {
    return this.all.filter(({ to }) => to === part);
  }

  async stop(): Promise<void> {
    clearInterval(this.sampling);
    await Promise.all([...this.unused, ...this.all.map(({ proxy }) => proxy)].map((proxy) => proxy.stop()));
  }
}
