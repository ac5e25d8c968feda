import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import { connect as connectOverTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** Longer than any answer takes: whoever joins a group is kept waiting for a rebalance of six seconds, and for five more. */
const SILENT_MAX_MS = 15_000;
/** Counted instead of the time: in a process that stood still an answer may lie unread. */
const LOOKS = 15;
const KEEP_ALIVE_MS = 60_000;

/**
 * Opens connections that break when a broker was asked something and says nothing. The client gives up a request after its time and asks
 * the next one over the same connection: one that was lost without a word would be asked until the kernel gives it up, a quarter of an
 * hour later.
 * @param silentMaxMs from a request that nothing was heard after to the end of its connection
 */
export function watchedSockets(silentMaxMs = SILENT_MAX_MS): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const socket = ssl
      ? connectOverTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connectPlainly({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    breakWhenSilent(socket, silentMaxMs);
    return socket;
  };
}

function breakWhenSilent(socket: Socket, silentMaxMs: number): void {
  let heard = 0;
  let askedUntilHeard = 0;
  let silentLooks = 0;
  const looking = setInterval(() => {
    if (socket.bytesRead > heard || socket.bytesWritten === askedUntilHeard) {
      heard = socket.bytesRead;
      askedUntilHeard = socket.bytesWritten;
      silentLooks = 0;
      return;
    }
    silentLooks += 1;
    if (silentLooks === LOOKS) socket.destroy(new Error(`the broker has not answered for ${silentMaxMs / 1_000} s`));
  }, silentMaxMs / LOOKS);
  looking.unref();
  socket.once('close', () => clearInterval(looking));
}
