import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { OpenStreams, UNREAD_BYTES_PER_ACCOUNT_MAX } from './open-streams.http';

/** An answer of which the client has left that much unread. */
function unread(bytes: number): ServerResponse {
  return Object.assign(new EventEmitter(), { writableLength: bytes }) as unknown as ServerResponse;
}

describe('what streams hold unread', () => {
  const MIB = 1024 * 1024;

  it("is bounded for an account: its fullest streams are cut, and nobody else's", async () => {
    const streams = new OpenStreams();
    const full = streams.tryOpen('acc_1', unread(UNREAD_BYTES_PER_ACCOUNT_MAX))!;
    const small = streams.tryOpen('acc_1', unread(MIB))!;
    const other = streams.tryOpen('acc_2', unread(UNREAD_BYTES_PER_ACCOUNT_MAX))!;
    streams.cutUnread();
    expect([full, small, other].map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
    expect([streams.inUse('acc_1'), streams.inUse('acc_2')]).toEqual([1, 1]);
    await streams.stop();
  });

  it('is bounded for all', async () => {
    const streams = new OpenStreams(10, 2 * MIB);
    const opened = [3, 1, 1, 0].map((mib, at) => streams.tryOpen(`acc_${at}`, unread(mib * MIB))!);
    streams.cutUnread();
    expect(opened.map(({ signal }) => signal.aborted)).toEqual([true, false, false, false]);
    await streams.stop();
  });
});
