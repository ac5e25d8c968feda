import { Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import type { Endpoint, Fault } from '@usvideo/contracts/webhooks';
import { call } from '@usvideo/runtime';
import type { Caller } from '../identity/caller';
import { known } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { invalidRequest, Refusal } from '../refusals/refusal';
import { renderList } from '../validation/query';
import {
  createEndpointRequest,
  rotateSecretRequest,
  testEndpointRequest,
  updateEndpointRequest,
} from './webhook-requests';
import { endpointView, secretView } from './webhook-views';
import { KeyCaller } from '../access/parameters.http';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { Answer } from '../http/answer';

const ENDPOINTS_MAX = 20;
const DEFAULT_EVENTS: NonNullable<Valid<typeof createEndpointRequest>['events']> = ['video.completed', 'video.failed'];
const OVERLAP_HOURS = 24;

/** An account's endpoints and secrets, of the environment of the key. */
@Controller('v1/webhooks')
export class EndpointsController {
  constructor(private readonly peers: Peers) {}

  @Get('endpoints')
  async list(@KeyCaller() caller: Caller): Promise<Answer> {
    const { endpoints } = await call(this.peers.webhooks, 'listEndpoints', { ...ownerOf(caller), endpointId: '' });
    const page = { limit: ENDPOINTS_MAX, offset: 0, startingAfter: '' };
    return new Answer(
      renderList(
        page,
        endpoints.map((endpoint) => JSON.stringify(endpointView(endpoint, caller.environment))),
        false,
        null,
      ),
    );
  }

  @Post('endpoints')
  async create(
    @KeyCaller() caller: Caller,
    @ValidBody(createEndpointRequest)
    { description = '', events = DEFAULT_EVENTS, headers = {}, url }: Valid<typeof createEndpointRequest>,
  ): Promise<object> {
    const created = await call(this.peers.webhooks, 'createEndpoint', {
      ...ownerOf(caller),
      url,
      events,
      description,
      headers: headersOf(headers),
    });
    return { ...endpointView(present(created), caller.environment), secret: created.secret };
  }

  @Get('endpoints/:id')
  async get(@Param('id') endpointId: string, @KeyCaller() caller: Caller): Promise<object> {
    const {
      endpoints: [endpoint],
    } = await call(this.peers.webhooks, 'listEndpoints', { ...ownerOf(caller), endpointId });
    if (!endpoint) throw endpointNotFound();
    return endpointView(endpoint, caller.environment);
  }

  @Patch('endpoints/:id')
  async update(
    @Param('id') endpointId: string,
    @KeyCaller() caller: Caller,
    @ValidBody(updateEndpointRequest) { events, headers, ...rest }: Valid<typeof updateEndpointRequest>,
  ): Promise<object> {
    const updated = await known(
      call(this.peers.webhooks, 'updateEndpoint', {
        ...ownerOf(caller),
        endpointId,
        ...rest,
        events: events && { events },
        headers: headers && { headers: headersOf(headers) },
      }),
      endpointNotFound,
    );
    return endpointView(present(updated), caller.environment);
  }

  @Delete('endpoints/:id')
  async remove(@Param('id') endpointId: string, @KeyCaller() caller: Caller): Promise<object> {
    await known(call(this.peers.webhooks, 'deleteEndpoint', { ...ownerOf(caller), endpointId }), endpointNotFound);
    return { id: endpointId, object: 'webhook_endpoint', deleted: true };
  }

  @Get('endpoints/:id/secret')
  endpointSecret(@Param('id') endpointId: string, @KeyCaller() caller: Caller): Promise<object> {
    return this.secretOf(caller, endpointId);
  }

  @Post('endpoints/:id/secret/rotate')
  @HttpCode(200)
  rotateEndpointSecret(
    @Param('id') endpointId: string,
    @KeyCaller() caller: Caller,
    @ValidBody(rotateSecretRequest, {}) body: Valid<typeof rotateSecretRequest>,
  ): Promise<object> {
    return this.rotate(caller, endpointId, body);
  }

  @Get('secret')
  secret(@KeyCaller() caller: Caller): Promise<object> {
    return this.secretOf(caller, '');
  }

  @Post('secret/rotate')
  @HttpCode(200)
  rotateSecret(
    @KeyCaller() caller: Caller,
    @ValidBody(rotateSecretRequest, {}) body: Valid<typeof rotateSecretRequest>,
  ): Promise<object> {
    return this.rotate(caller, '', body);
  }

  @Post('test')
  @HttpCode(202)
  async test(
    @KeyCaller() caller: Caller,
    @ValidBody(testEndpointRequest) { endpoint_id: endpointId }: Valid<typeof testEndpointRequest>,
  ): Promise<object> {
    const sent = await known(
      call(this.peers.webhooks, 'sendTestEvent', { ...ownerOf(caller), endpointId }),
      endpointNotFound,
    );
    return { object: 'webhook_test', delivery_id: sent.deliveryId, event_id: sent.eventId };
  }

  private async secretOf(caller: Caller, endpointId: string): Promise<object> {
    return secretView(
      await known(call(this.peers.webhooks, 'getSecret', { ...ownerOf(caller), endpointId }), endpointNotFound),
    );
  }

  private async rotate(
    caller: Caller,
    endpointId: string,
    { overlap_hours: hours = OVERLAP_HOURS }: Valid<typeof rotateSecretRequest>,
  ): Promise<object> {
    const rotated = await known(
      call(this.peers.webhooks, 'rotateSecret', { ...ownerOf(caller), endpointId, overlapSeconds: hours * 3_600 }),
      endpointNotFound,
    );
    if (!rotated.secret) throw new Error('webhooks answered no secret');
    return secretView(rotated.secret);
  }
}

export function ownerOf({ accountId, environment }: Caller) {
  return { accountId, environment };
}

function headersOf(headers: Readonly<Record<string, string>>) {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

/** @throws Refusal invalid_request with all that webhooks found wrong */
function present({
  endpoint,
  faults,
}: {
  readonly endpoint?: Endpoint | undefined;
  readonly faults: readonly Fault[];
}): Endpoint {
  const [whole] = faults.filter(({ field }) => field === '');
  if (whole) throw new Refusal('invalid_request', whole.message);
  if (faults.length > 0) throw invalidRequest(faults.map(({ field, message }) => ({ field, message })));
  if (!endpoint) throw new Error('webhooks answered no endpoint');
  return endpoint;
}

function endpointNotFound(): Refusal {
  return new Refusal('not_found', 'There is no webhook endpoint with this id.');
}
