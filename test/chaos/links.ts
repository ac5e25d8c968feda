import { TcpProxy } from '../../libs/testing/src/peers/tcp-proxy.ts';

export type LinkClass = 'postgres' | 'kafka' | 'grpc' | 'outside';

/** The arrows of the architecture's picture, by what they are; with files on one disk the artifact store has none. */
export const PICTURE: Readonly<Record<LinkClass, readonly string[]>> = {
  postgres: ['accounts → postgres', 'ledger → postgres', 'scheduler → postgres', 'webhooks → postgres'],
  kafka: ['accounts → kafka', 'ledger → kafka', 'scheduler → kafka', 'webhooks → kafka'],
  grpc: [
    'gateway → accounts',
    'gateway → ledger',
    'gateway → scheduler',
    'gateway → webhooks',
    'accounts → scheduler',
    'scheduler → ledger',
    'webhooks → scheduler',
    // Who hears events asks their publisher for those missed.
    'webhooks → ledger',
    'webhooks → accounts',
    'render-fleet → scheduler',
    'ledger → scheduler',
    'scheduler → accounts',
  ],
  outside: ['customer → gateway', 'operator → gateway', 'webhooks → customer'],
};

export function edgeOf({ from, to }: Pick<Link, 'from' | 'to'>): string {
  return `${serviceOf(from)} → ${serviceOf(to)}`;
}

function serviceOf(name: string): string {
  return name.replace(/-\d+$/, '');
}

const CLASS_OF = new Map(
  Object.entries(PICTURE).flatMap(([of, edges]) => edges.map((edge) => [edge, of as LinkClass] as const)),
);

export interface Link {
  readonly from: string;
  readonly to: string;
  /** Undefined: between two who never call each other, though they are told each other's address. */
  readonly class: LinkClass | undefined;
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
    this.all.push({ from, to, class: CLASS_OF.get(edgeOf({ from, to })), proxy, recentBytes: 0 });
    return proxy.address;
  };

  /** The links of an arrow over which something has just gone. */
  busy(edge: string): Link[] {
    return this.all.filter((link) => edgeOf(link) === edge && link.recentBytes > 0 && link.proxy.connections > 0);
  }

  /** Pairs who spoke with each other though the picture has no arrow between them. */
  get strangers(): string[] {
    return [...new Set(this.all.filter((link) => link.class === undefined && link.proxy.bytes > 0).map(edgeOf))];
  }

  /** The same URL, by way of a proxy. */
  lead(from: string, to: string, url: string): string {
    const led = new URL(url);
    led.host = this.wiring(from, to, led.host);
    return led.toString().replace(/\/$/, '');
  }

  into(part: string): Link[] {
    return this.all.filter(({ to }) => to === part);
  }

  async stop(): Promise<void> {
    clearInterval(this.sampling);
    await Promise.all([...this.unused, ...this.all.map(({ proxy }) => proxy)].map((proxy) => proxy.stop()));
  }
}
