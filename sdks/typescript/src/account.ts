import { List } from './list.ts';
import { Resource } from './resource.ts';
import type { RequestOptions } from './transport.ts';
import type { Account, ApiKey, CreateApiKeyRequest, Limits, Model, NewApiKey, RotatedApiKey } from './types.ts';

export class Accounts extends Resource {
  retrieve(options?: RequestOptions): Promise<Account> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/account' });
  }
}

export class AccountLimits extends Resource {
  /** What is allowed, and how much of it is in use. */
  retrieve(options?: RequestOptions): Promise<Limits> {
    return this.transport.json({ ...options, method: 'GET', path: '/v1/limits' });
  }
}

export class Models extends Resource {
  /** With their prices; the first is the default. */
  list(options?: RequestOptions): List<Model> {
    return new List(this.transport, '/v1/models', {}, options);
  }
}

export class ApiKeys extends Resource {
  async list(options?: RequestOptions): Promise<ApiKey[]> {
    const { keys } = await this.transport.json<{ keys: ApiKey[] }>({ ...options, method: 'GET', path: '/v1/api-keys' });
    return keys;
  }

  /** `secret` of the answer is shown this once. A lost answer is not asked for again: it might make two keys. */
  create(request: CreateApiKeyRequest, options?: RequestOptions): Promise<NewApiKey> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: '/v1/api-keys',
      body: request,
      repetition: 'only_if_refused',
    });
  }

  /** A new key in the place of an old one, which is good for another day; `expire_old_now` is for a leak. */
  rotate(
    id: string,
    request: { readonly expire_old_now?: boolean } = {},
    options?: RequestOptions,
  ): Promise<RotatedApiKey> {
    return this.transport.json({
      ...options,
      method: 'POST',
      path: `/v1/api-keys/${encodeURIComponent(id)}/rotate`,
      body: request,
      repetition: 'only_if_refused',
    });
  }

  revoke(id: string, options?: RequestOptions): Promise<ApiKey> {
    return this.transport.json({ ...options, method: 'DELETE', path: `/v1/api-keys/${encodeURIComponent(id)}` });
  }
}
