import { Controller, Post, Req, Res } from '@nestjs/common';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  type CallToolResult,
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller';
import { callerOf } from '../access/request-state.http';
import { jsonSchemaOf } from '../reference/openapi';
import { Settings } from '../http/settings';
import { errorBody, invalidRequest, Refusal } from '../refusals/refusal';
import { parseJsonBody } from '../validation/json-body';
import { validate } from '../validation/schema';
import { toolAnswer } from './tool-answer.http';
import { type RestRequest, type Tool, TOOLS } from './tools';

const SERVER = { name: 'us-video-api', title: 'US Video API', version: '1.0.0' };
const INSTRUCTIONS =
  'Makes videos of 1 to 10 seconds from a prompt, paid from a prepaid balance. Call quote, tell the price, then create_video with the quote_id, then wait_for_video until it has ended. Only a completed video is charged.';

/** The listing is the same for everybody. */
const LISTED = Object.entries(TOOLS).map(([name, { title, description, input, readOnly }]) => ({
  name,
  title,
  description,
  inputSchema: jsonSchemaOf(input) as { type: 'object' },
  annotations: {
    title,
    readOnlyHint: readOnly,
    destructiveHint: name === 'cancel_video',
    idempotentHint: name !== 'create_video',
    openWorldHint: false,
  },
}));

/** Agents at the door: each tool call is one request of the REST API under the caller's own key, inside this process. */
@Controller('mcp')
export class McpController {
  private readonly validator = new AjvJsonSchemaValidator();

  constructor(private readonly settings: Settings) {}

  @Post()
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.headers.authorization === undefined)
      throw new Refusal(
        'forbidden',
        'Agents send a key as Authorization: Bearer <key>; a session of the dashboard is for its pages.',
      );
    const response = await this.answer(request, messageOf(request));
    // Whoever asked has gone.
    if (response === undefined) return void reply.hijack();
    reply
      .code(response.status)
      .headers(Object.fromEntries(response.headers))
      .send(await response.text());
  }

  /** Without a session, so that every replica can answer each message. Undefined once nobody waits for it. */
  private async answer(request: FastifyRequest, message: object): Promise<Response | undefined> {
    const server = new Server(SERVER, {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      jsonSchemaValidator: this.validator,
    });
    server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: LISTED }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal }) =>
      this.call(request, params.name, params.arguments ?? {}, signal),
    );
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    const gone = new Promise<undefined>((resolve) => request.gateway.response.once('close', () => resolve(undefined)));
    try {
      return await Promise.race([transport.handleRequest(webRequest(request), { parsedBody: message }), gone]);
    } finally {
      await server.close();
    }
  }

  private async call(
    request: FastifyRequest,
    name: string,
    input: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<CallToolResult> {
    const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
    if (tool === undefined)
      throw new McpError(
        ErrorCode.InvalidParams,
        `there is no tool ${name.slice(0, 64)}; there are ${Object.keys(TOOLS).join(', ')}`,
      );
    try {
      const rest = tool.request(checked(tool, input, callerOf(request)));
      return toolAnswer(await ask(request, rest, signal));
    } catch (error) {
      if (error instanceof Refusal)
        return toolAnswer({
          status: error.httpStatus,
          body: { ...errorBody(error, request.gateway.requestId, this.settings.errorDocsUrl) },
        });
      throw error;
    }
  }
}

/** Bounded like every body of the API; a batch of messages would be a way around the limits of a request. */
function messageOf({ body }: FastifyRequest): object {
  const message = Buffer.isBuffer(body) ? parseJsonBody(body) : undefined;
  if (Array.isArray(message)) throw new Refusal('invalid_request', 'Send one message in each request.');
  if (typeof message !== 'object' || message === null)
    throw new Refusal('invalid_request', 'The body must be a JSON-RPC message.');
  return message;
}

/** @throws Refusal invalid_request with every fault of the arguments */
function checked(
  { input: schema, faults }: Tool,
  input: Record<string, unknown>,
  caller: Caller,
): Record<string, unknown> {
  const valid = validate(schema, input);
  const found = faults?.(valid, caller.scopes) ?? [];
  if (found.length > 0) throw invalidRequest(found);
  return valid;
}

/** Goes through every door that a request from outside goes through: key, scope, rate, body, balance. */
async function ask(request: FastifyRequest, { method, path, query, body, headers }: RestRequest, signal: AbortSignal) {
  const answer = await request.server.inject({
    method,
    url: path,
    headers: { ...headers, authorization: request.headers.authorization },
    signal,
    remoteAddress: request.gateway.address(),
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

function webRequest({ headers, url, method }: FastifyRequest): Request {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  return new Request(new URL(url, 'http://gateway'), { method, headers: sent });
}
