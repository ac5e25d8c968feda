import { Controller, Delete, Get, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { Endpoint, Fault } from '@usvideo/contracts/webhooks';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller';
import { callerOf, sendJson, sendObject } from '../access/request-state.http';
import { noQuery } from '../http/requests';
import { known, refuseBody } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { invalidRequest, Refusal } from '../refusals/refusal';
import { parseQuery, renderList } from '../validation/query';
import { validate } from '../validation/schema';
import { createEndpointRequest, rotateSecretRequest, testEndpointRequest, updateEndpointRequest } from './webhook-requests';
import { endpointView, secretView } from './webhook-views';

const ENDPOINTS_MAX = 20;
const DEFAULT_EVENTS = ['video.completed', 'video.failed'];
const OVERLAP_HOURS = 24;

/** An account's endpoints and secrets, of the environment of the key. */
@Controller('v1/webhooks')
export class EndpointsController {
  constructor(private readonly peers: Peers) {}

  @Get('endpoints')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const { endpoints } = await call(this.peers.webhooks, 'listEndpoints', { ...ownerOf(caller), endpointId: '' });
    const page = { limit: ENDPOINTS_MAX, offset: 0, startingAfter: '' };
    sendJson(reply, 200, renderList(page, endpoints.map((endpoint) => JSON.stringify(endpointView(endpoint, caller.environment))), false, null));
  }

  @Post('endpoints')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const { description = '', events = DEFAULT_EVENTS, headers = {}, url } = validate(createEndpointRequest, request.body);
    const created = await call(this.peers.webhooks, 'createEndpoint', { ...ownerOf(caller), url, events, description, headers: headersOf(headers) });
    sendObject(reply, 201, { ...endpointView(present(created), caller.environment), secret: created.secret });
  }

  @Get('endpoints/:id')
  async get(@Param('id') endpointId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const { endpoints: [endpoint] } = await call(this.peers.webhooks, 'listEndpoints', { ...ownerOf(caller), endpointId });
    if (!endpoint) throw endpointNotFound();
    sendObject(reply, 200, endpointView(endpoint, caller.environment));
  }

  @Patch('endpoints/:id')
  async update(@Param('id') endpointId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(request);
    parseQuery(noQuery, request.query);
    const { events, headers, ...rest } = validate(updateEndpointRequest, request.body);
    const updated = await known(call(this.peers.webhooks, 'updateEndpoint', {
      ...ownerOf(caller), endpointId, ...rest, events: events && { events }, headers: headers && { headers: headersOf(headers) },
    }), endpointNotFound);
    sendObject(reply, 200, endpointView(present(updated), caller.environment));
  }

  @Delete('endpoints/:id')
  async remove(@Param('id') endpointId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    await known(call(this.peers.webhooks, 'deleteEndpoint', { ...ownerOf(callerOf(request)), endpointId }), endpointNotFound);
    sendObject(reply, 200, { id: endpointId, object: 'webhook_endpoint', deleted: true });
  }

  @Get('endpoints/:id/secret')
  async endpointSecret(@Param('id') endpointId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendSecret(request, reply, endpointId);
  }

  @Post('endpoints/:id/secret/rotate')
  async rotateEndpointSecret(@Param('id') endpointId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.rotate(request, reply, endpointId);
  }

  @Get('secret')
  async secret(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendSecret(request, reply, '');
  }

  @Post('secret/rotate')
  async rotateSecret(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.rotate(request, reply, '');
  }

  @Post('test')
  async test(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { endpoint_id: endpointId } = validate(testEndpointRequest, request.body);
    const sent = await known(call(this.peers.webhooks, 'sendTestEvent', { ...ownerOf(callerOf(request)), endpointId }), endpointNotFound);
    sendObject(reply, 202, { object: 'webhook_test', delivery_id: sent.deliveryId, event_id: sent.eventId });
  }

  private async sendSecret(request: FastifyRequest, reply: FastifyReply, endpointId: string): Promise<void> {
    parseQuery(noQuery, request.query);
    sendObject(reply, 200, secretView(await known(call(this.peers.webhooks, 'getSecret', { ...ownerOf(callerOf(request)), endpointId }), endpointNotFound)));
  }

  private async rotate(request: FastifyRequest, reply: FastifyReply, endpointId: string): Promise<void> {
    parseQuery(noQuery, request.query);
    const { overlap_hours: hours = OVERLAP_HOURS } = validate(rotateSecretRequest, request.body ?? {});
    const rotated = await known(call(this.peers.webhooks, 'rotateSecret', { ...ownerOf(callerOf(request)), endpointId, overlapSeconds: hours * 3_600 }), endpointNotFound);
    if (!rotated.secret) throw new Error('webhooks answered no secret');
    sendObject(reply, 200, secretView(rotated.secret));
  }
}

export function ownerOf({ accountId, environment }: Caller) {
  return { accountId, environment };
}

function headersOf(headers: Readonly<Record<string, string>>) {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

/** @throws Refusal invalid_request with all that webhooks found wrong */
function present({ endpoint, faults }: { readonly endpoint?: Endpoint | undefined; readonly faults: readonly Fault[] }): Endpoint {
  const [whole] = faults.filter(({ field }) => field === '');
  if (whole) throw new Refusal('invalid_request', whole.message);
  if (faults.length > 0) throw invalidRequest(faults.map(({ field, message }) => ({ field, message })));
  if (!endpoint) throw new Error('webhooks answered no endpoint');
  return endpoint;
}

function endpointNotFound(): Refusal {
  return new Refusal('not_found', 'There is no webhook endpoint with this id.');
}
