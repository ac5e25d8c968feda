import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { Http2SubchannelConnector } from '@grpc/grpc-js/build/src/transport';

/** A server speaks first. What has said nothing by then is not there. */
const HEARD_WITHIN_MS = 3_000;

/**
 * An attempt of grpc-js to connect has no deadline (grpc/grpc-node#2785). The address of a container that is gone answers
 * nothing, and TCP tries for two minutes, in which nobody asks where the container is now. Its one method that opens sockets is
 * replaced until a release has a deadline of its own.
 */
export function limitConnecting(): void {
  (
    Http2SubchannelConnector.prototype as unknown as { tcpConnect: (address: NetConnectOpts) => Promise<Socket> }
  ).tcpConnect = connectInTime;
}

function connectInTime(address: NetConnectOpts): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address, () => {
      socket.off('error', reject);
      resolve(socket);
    });
    const deadline = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy(new Error(`nothing was heard within ${HEARD_WITHIN_MS} ms`));
    }, HEARD_WITHIN_MS);
    socket.once('error', reject).once('close', () => clearTimeout(deadline));
  });
}
