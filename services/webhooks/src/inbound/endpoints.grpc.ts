import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  CreateEndpointRequest,
  CreateEndpointResponse,
  DeleteEndpointRequest,
  DeleteEndpointResponse,
  Endpoint,
  Fault,
  GetSecretRequest,
  GetSecretResponse,
  ListEndpointsRequest,
  ListEndpointsResponse,
  RotateSecretRequest,
  RotateSecretResponse,
  SendTestEventRequest,
  SendTestEventResponse,
  UpdateEndpointRequest,
  UpdateEndpointResponse,
} from '@usvideo/contracts/webhooks';
import { grpcError, GuardedHttpClient, LookUpFailed, status } from '@usvideo/runtime';
import { ENDPOINTS_MAX, faultsOfEndpoint, type EndpointFields } from '../endpoints/endpoint';
import { EndpointNotices } from '../endpoints/endpoint-notices.store';
import { EndpointStore, type Owner } from '../endpoints/endpoint.store';
import { SigningSecretStore, type StoredSecrets } from '../secrets/signing-secret.store';

const OVERLAP_SECONDS_MAX = 7 * 86_400;

@Controller()
export class EndpointsController {
  constructor(
    private readonly endpoints: EndpointStore,
    private readonly notices: EndpointNotices,
    private readonly secrets: SigningSecretStore,
    private readonly http: GuardedHttpClient,
  ) {}

  @GrpcMethod('WebhooksService', 'createEndpoint')
  async createEndpoint(request: CreateEndpointRequest): Promise<CreateEndpointResponse> {
    const owner = ownerOf(request);
    const faults = await this.faultsOf(request);
    if (faults.length > 0) return { faults, endpoint: undefined, secret: '' };
    const endpoint = await this.endpoints.create(owner, request);
    if (endpoint === 'full')
      return {
        faults: [{ field: '', message: `There are ${ENDPOINTS_MAX} endpoints, as many as there may be.` }],
        endpoint: undefined,
        secret: '',
      };
    if (endpoint === 'taken') return { faults: [TAKEN], endpoint: undefined, secret: '' };
    const { current } = await this.secrets.inUse({ ...owner, endpointId: endpoint.endpointId });
    return { faults: [], endpoint, secret: current };
  }

  @GrpcMethod('WebhooksService', 'listEndpoints')
  async listEndpoints(request: ListEndpointsRequest): Promise<ListEndpointsResponse> {
    return { endpoints: await this.endpoints.list(ownerOf(request), request.endpointId) };
  }

  @GrpcMethod('WebhooksService', 'updateEndpoint')
  async updateEndpoint(request: UpdateEndpointRequest): Promise<UpdateEndpointResponse> {
    const fields = {
      url: request.url,
      description: request.description,
      enabled: request.enabled,
      events: request.events?.events,
      headers: request.headers?.headers,
    };
    const faults = await this.faultsOf(fields);
    if (faults.length > 0) return { faults, endpoint: undefined };
    const endpoint = await this.endpoints.update(ownerOf(request), request.endpointId, fields);
    if (endpoint === undefined) throw endpointNotFound();
    return endpoint === 'taken' ? { faults: [TAKEN], endpoint: undefined } : { faults: [], endpoint };
  }

  @GrpcMethod('WebhooksService', 'deleteEndpoint')
  async deleteEndpoint(request: DeleteEndpointRequest): Promise<DeleteEndpointResponse> {
    if (!(await this.endpoints.remove(ownerOf(request), request.endpointId))) throw endpointNotFound();
    return {};
  }

  @GrpcMethod('WebhooksService', 'sendTestEvent')
  async sendTestEvent(request: SendTestEventRequest): Promise<SendTestEventResponse> {
    return this.notices.test(ownerOf(request), await this.owned(request));
  }

  @GrpcMethod('WebhooksService', 'getSecret')
  async getSecret(request: GetSecretRequest): Promise<GetSecretResponse> {
    const owner = ownerOf(request);
    if (request.endpointId !== '') await this.owned(request);
    return secretView(await this.secrets.inUse({ ...owner, endpointId: request.endpointId }));
  }

  @GrpcMethod('WebhooksService', 'rotateSecret')
  async rotateSecret(request: RotateSecretRequest): Promise<RotateSecretResponse> {
    const owner = ownerOf(request);
    const { endpointId, overlapSeconds } = request;
    if (overlapSeconds < 0 || overlapSeconds > OVERLAP_SECONDS_MAX)
      throw grpcError(status.INVALID_ARGUMENT, `overlap_seconds must be 0 to ${OVERLAP_SECONDS_MAX}`);
    if (endpointId !== '') await this.owned(request);
    return { secret: secretView(await this.secrets.rotate({ ...owner, endpointId }, overlapSeconds)) };
  }

  /** Refused here is what a delivery would refuse. */
  private async faultsOf(fields: EndpointFields): Promise<Fault[]> {
    const faults = faultsOfEndpoint(fields);
    if (fields.url === undefined || faults.some(({ field }) => field === 'url')) return faults;
    const refusal = await this.http.refusalOf(fields.url).catch((error: unknown) => {
      throw error instanceof LookUpFailed ? grpcError(status.UNAVAILABLE, error.message) : error;
    });
    return refusal === undefined ? faults : [...faults, { field: 'url', message: `cannot be used: ${refusal}` }];
  }

  private async owned(request: { accountId: string; environment: string; endpointId: string }): Promise<Endpoint> {
    const [endpoint] = request.endpointId === '' ? [] : await this.endpoints.list(ownerOf(request), request.endpointId);
    if (endpoint === undefined) throw endpointNotFound();
    return endpoint;
  }
}

const TAKEN: Fault = { field: 'url', message: 'is the URL of another endpoint' };

function ownerOf({ accountId, environment }: Owner): Owner {
  if (accountId === '' || (environment !== 'live' && environment !== 'test'))
    throw grpcError(status.INVALID_ARGUMENT, 'account_id and environment are required');
  return { accountId, environment };
}

function endpointNotFound() {
  return grpcError(status.NOT_FOUND, 'there is no such endpoint');
}

function secretView({ current, previous, previousEndsAt }: StoredSecrets): GetSecretResponse {
  return { secret: current, previousSecret: previous, previousExpiresAt: previousEndsAt };
}
