/**
 * streams: what 5,000 idle clients of the feed cost one gateway process, how soon those hear who are told something, and whether a
 * hundred clients that never read what they are sent make others wait.
 */
import { connect, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FeedEvent, ReadFeedRequest, ReadFeedResponse } from '@usvideo/contracts/webhooks';
import { FakePeers } from '../../services/gateway/src/http/fake-peers.fixture.ts';
import { type Child, freePort, memoryMiB, root, startChild } from './children.ts';

export interface StreamsRow {
  readonly case: string;
  readonly streams: number;
  readonly gatewayMiB: number;
  /** Beyond the gateway without a stream. */
  readonly addedMiB: number;
  /** From the growth of a feed to each of its readers. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

const PER_ACCOUNT = 100;
const UNREAD = 100;
const OPENED_AT_ONCE = 10;
/** By then whatever buffers there are have taken what they can. */
const FULL_AFTER_MS = 5_000;
const EVENTS = 25;
const EVENT_EVERY_MS = 200;
/** What the unread could read: more than any buffer between. */
const BACKLOG = { events: 1_000, bytes: 20_000 };
const PAGE_BYTES_MAX = 1024 * 1024;
const OPENED_WITHIN_MS = 120_000;
/** Longer than a heartbeat: every stream has been written to since it was opened. */
const SETTLE_MS = 20_000;

export async function measureStreams(clients: number): Promise<StreamsRow[]> {
  const peers = new FakePeers();
  await peers.start();
  const feeds = new Feeds(peers);
  const dataDir = mkdtempSync(join(tmpdir(), 'usv-bench-'));
  const port = await freePort();
  const gateway = await startGatewayProcess(peers.address, dataDir, port);
  const readers: Reader[] = [];
  try {
    const open = async (account: string, count: number, options: { read: boolean; after?: number }) => {
      const made: Reader[] = [];
      while (made.length < count) {
        const few = Array.from({ length: Math.min(OPENED_AT_ONCE, count - made.length) }, () =>
          Reader.open(port, feeds.keyOf(account), options),
        );
        made.push(...(await Promise.all(few)));
      }
      readers.push(...made);
      return made;
    };
    const [heard] = [await open('acc_heard', PER_ACCOUNT, { read: true })];
    await delay(2_000);
    const emptyMiB = memoryMiB(gateway.pid);
    const row = (name: string, latencies?: number[]): StreamsRow => {
      const gatewayMiB = memoryMiB(gateway.pid);
      return {
        case: name,
        streams: readers.length,
        gatewayMiB,
        addedMiB: gatewayMiB - emptyMiB,
        ...(latencies && { p50Ms: at(latencies, 0.5), p99Ms: at(latencies, 0.99) }),
      };
    };
    for (let account = 0; readers.length < clients; account++)
      await open(`acc_${account}`, Math.min(PER_ACCOUNT, clients - readers.length), { read: true });
    await delay(SETTLE_MS);
    const rows = [row('idle, but for a heartbeat')];
    rows.push(row('one feed of a hundred readers grows', await grow(feeds, heard)));
    feeds.fill('acc_unread', BACKLOG.events, BACKLOG.bytes);
    await open('acc_unread', UNREAD, { read: false, after: 0 });
    rows.push(row('the same while a hundred more are opened that nobody reads', await grow(feeds, heard)));
    await delay(FULL_AFTER_MS);
    rows.push(row('the same beside the hundred that nobody reads', await grow(feeds, heard)));
    return rows;
  } finally {
    for (const reader of readers) reader.close();
    await gateway.stop();
    await peers.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function startGatewayProcess(peers: string, dataDir: string, port: number): Promise<Child> {
  return startChild(
    [join(root, 'services/gateway/dist/main.js')],
    {
      PORT: String(port),
      ADMIN_PORT: '0',
      OPS_PORT: '0',
      HOST: '127.0.0.1',
      OPS_HOST: '127.0.0.1',
      ADMIN_TOKEN: 'a-token-of-the-bench',
      LINK_SECRET: 'a-secret-of-the-bench',
      DATA_DIR: dataDir,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ACCOUNTS_GRPC_URL: peers,
      LEDGER_GRPC_URL: peers,
      SCHEDULER_GRPC_URL: peers,
      WEBHOOKS_GRPC_URL: peers,
      LOG_LEVEL: 'info',
    },
    'serving',
  );
}

/** How long each reader waited for each event, sorted. */
async function grow(feeds: Feeds, readers: readonly Reader[]): Promise<number[]> {
  const latencies: number[] = [];
  for (let event = 0; event < EVENTS; event++) {
    const began = performance.now();
    const seq = feeds.grow('acc_heard');
    const waited = await Promise.all(readers.map((reader) => reader.hears(seq)));
    latencies.push(...waited.map((heardAt) => heardAt - began));
    await delay(Math.max(0, began + EVENT_EVERY_MS - performance.now()));
  }
  return latencies.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

/** What accounts and webhooks would answer the gateway. */
class Feeds {
  private readonly feeds = new Map<string, FeedEvent[]>();

  private readonly peers: FakePeers;

  constructor(peers: FakePeers) {
    this.peers = peers;
    peers.webhooks.readFeed = (request) => this.read(request);
  }

  keyOf(account: string): string {
    return this.peers.addKey(`usv_live_${account}_0123456789abcdefghij`, { accountId: account });
  }

  fill(account: string, events: number, bytes: number): void {
    const body = Buffer.from(JSON.stringify({ event: 'video.completed', prompt: 'x'.repeat(bytes) }));
    this.feeds.set(
      account,
      Array.from({ length: events }, (_, index) => feedEvent(index + 1, body)),
    );
  }

  grow(account: string): number {
    const feed = this.feeds.get(account) ?? [];
    this.feeds.set(account, [...feed, feedEvent(feed.length + 1, Buffer.from('{"event":"video.completed"}'))]);
    for (const watcher of this.peers.feedWatchers) watcher.write({ accountId: account, environment: 'live' });
    return feed.length + 1;
  }

  private read({ accountId, after, limit }: ReadFeedRequest): ReadFeedResponse {
    const feed = this.feeds.get(accountId) ?? [];
    let bytes = 0;
    const events = feed
      .slice(Number(after), Number(after) + limit)
      .filter(({ body }, index) => (bytes += body.length) <= PAGE_BYTES_MAX || index === 0);
    return {
      events,
      more: Number(after) + events.length < feed.length && limit > 0,
      expired: false,
      unknown: false,
      newest: BigInt(feed.length),
    };
  }
}

function feedEvent(seq: number, body: Buffer): FeedEvent {
  return {
    seq: BigInt(seq),
    eventId: `evt_${seq}`,
    event: 'video.completed',
    jobId: `job_${seq}`,
    recordedAt: new Date(0),
    body,
  };
}

/** A client of the stream, which may never read what comes. */
class Reader {
  private last = 0;
  private text = '';
  private waiting: { seq: number; heard: (at: number) => void } | undefined;

  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  static async open(
    port: number,
    authorization: string,
    { after, read }: { read: boolean; after?: number },
  ): Promise<Reader> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const reader = new Reader(socket);
    socket.on('error', () => undefined);
    const query = after === undefined ? '' : `?after=${after}`;
    socket.write(
      `GET /v1/events${query} HTTP/1.1\r\nHost: bench\r\nAuthorization: ${authorization}\r\nAccept: text/event-stream\r\n\r\n`,
    );
    const began = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('a stream was not opened in time')), OPENED_WITHIN_MS);
      socket.once('data', (chunk: Buffer) => {
        clearTimeout(timer);
        resolve(chunk.toString());
      });
    });
    if (!began.startsWith('HTTP/1.1 200')) throw new Error(`a stream was refused: ${began.slice(0, 300)}`);
    if (read) socket.on('data', (chunk: Buffer) => reader.take(chunk.toString()));
    else socket.pause();
    return reader;
  }

  hears(seq: number): Promise<number> {
    if (this.last >= seq) return Promise.resolve(performance.now());
    return new Promise((heard) => {
      this.waiting = { seq, heard };
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: string): void {
    this.text = (this.text + chunk).slice(-4_096);
    for (const [, id] of this.text.matchAll(/\nid: (\d+)\n/g)) this.last = Math.max(this.last, Number(id));
    if (this.waiting && this.last >= this.waiting.seq) {
      this.waiting.heard(performance.now());
      this.waiting = undefined;
    }
  }
}
