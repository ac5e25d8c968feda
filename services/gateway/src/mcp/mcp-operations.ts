import { BODY_BYTES_MAX, keyed, type Operations } from '../access/operation';
import { noQuery } from '../http/requests';

/** Described by its own protocol and therefore not in the reference. */
export const MCP_OPERATIONS: Operations = {
  'POST /mcp': {
    id: 'mcp',
    tag: 'Agents',
    summary: 'Model Context Protocol over Streamable HTTP, without sessions',
    access: keyed(undefined),
    query: noQuery,
    rawBody: true,
    bodyBytesMax: BODY_BYTES_MAX,
    answers: { 200: { description: 'The answer of the protocol.', contentType: 'application/json' } },
    refusals: ['invalid_request', 'payload_too_large', 'unsupported_media_type'],
  },
};
