import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { clientAddress } from '../access/client-address';
import { rateHeaders } from '../limits/rate';
import { Refusal, errorBody } from '../refusals/refusal';
import type { Access } from '../access/access.http';

/** Bytes that are not HTTP never become a request, so their answer is written by hand, in the same form. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, access: Access, docsUrl: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = `req_${randomUUID()}`;
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Refusal('request_header_too_large', 'The headers of the request are too large.')
      : new Refusal('invalid_request', 'The request could not be read.');
  const body = JSON.stringify(errorBody(refusal, requestId, docsUrl));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    'x-request-id': requestId,
    ...rateHeaders(access.spendAddress(clientAddress(socket.remoteAddress, undefined, []), 'documents')),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${refusal.httpStatus} ${STATUS_CODES[refusal.httpStatus]}`, ...lines, '', body].join('\r\n'));
}
