import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import type { ApiKey } from '@usvideo/contracts/accounts';
import { call, hasStatus, status } from '@usvideo/runtime';
import { type Caller, DEFAULT_SCOPES } from '../identity/caller';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { createKeySchema, rotateKeySchema } from '../http/requests';
import { apiKeyListView, apiKeyView } from '../http/views';
import { KeyVerifier } from '../identity/key-verifier.client';
import { Peers } from '../peers/peers.client';
import { known } from '../peers/peer-answers.client';
import { AuditActor, KeyCaller } from '../access/parameters.http';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import type { Actor } from '@usvideo/contracts/accounts';

const OVERLAP_SECONDS = 24 * 3_600;

/** A key manages the keys of its own environment, and gives away no more than it may do itself. */
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly peers: Peers,
    private readonly verifier: KeyVerifier,
  ) {}

  @Get()
  async list(@KeyCaller() caller: Caller): Promise<object> {
    const keys = await this.keysOf(caller);
    return apiKeyListView(keys);
  }

  @Post()
  async create(
    @KeyCaller() caller: Caller,
    @ValidBody(createKeySchema) { name, scopes }: Valid<typeof createKeySchema>,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const granted = scopes ?? DEFAULT_SCOPES.filter((scope) => caller.scopes.includes(scope));
    if (granted.length === 0)
      throw new Refusal(
        'forbidden',
        `This key has none of the scopes that a key gets by default (${DEFAULT_SCOPES.join(', ')}). Name the scopes.`,
      );
    refuseEscalation(caller, granted);
    const created = await usable(
      call(this.peers.accounts, 'createKey', {
        accountId: caller.accountId,
        environment: caller.environment,
        name,
        scopes: [...granted],
        author: caller.keyId,
        actor,
      }),
    );
    return { ...apiKeyView(present(created.key)), secret: created.secret };
  }

  @Post(':id/rotate')
  async rotate(
    @Param('id') keyId: string,
    @KeyCaller() caller: Caller,
    @ValidBody(rotateKeySchema, {}) { expire_old_now: expireOldNow }: Valid<typeof rotateKeySchema>,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const old = await this.keyOf(caller, keyId);
    refuseEscalation(caller, old.scopes);
    const rotated = await usable(
      call(this.peers.accounts, 'rotateKey', {
        accountId: caller.accountId,
        keyId,
        overlapSeconds: expireOldNow ? 0 : OVERLAP_SECONDS,
        author: caller.keyId,
        actor,
      }),
    );
    this.verifier.forget(keyId);
    return {
      ...apiKeyView(present(rotated.key)),
      secret: rotated.secret,
      replaces: apiKeyView(present(rotated.oldKey)),
    };
  }

  @Delete(':id')
  async revoke(@Param('id') keyId: string, @KeyCaller() caller: Caller, @AuditActor() actor: Actor): Promise<object> {
    const key = await this.keyOf(caller, keyId);
    await known(
      call(this.peers.accounts, 'revokeKey', { accountId: caller.accountId, keyId, author: caller.keyId, actor }),
      keyNotFound,
    );
    this.verifier.forget(keyId);
    return apiKeyView({ ...key, expiresAt: new Date() });
  }

  private async keysOf({ accountId, environment }: Caller): Promise<ApiKey[]> {
    const { keys } = await call(this.peers.accounts, 'listKeys', { accountId });
    return keys.filter((key) => key.environment === environment);
  }

  /** A key of another account or of the other environment is not there. */
  private async keyOf(caller: Caller, keyId: string): Promise<ApiKey> {
    const key = (await this.keysOf(caller)).find((candidate) => candidate.keyId === keyId);
    if (!key) throw keyNotFound();
    return key;
  }
}

/** A new secret with more scopes than the caller's would be a way around the caller's scopes. */
function refuseEscalation(caller: Caller, scopes: readonly string[]): void {
  // It only says how agents spend with a key: whoever has videos spends as much without it.
  const held = caller.scopes.includes('videos') ? [...caller.scopes, 'videos:unquoted'] : caller.scopes;
  const missing = scopes.filter((scope) => !held.includes(scope));
  if (missing.length > 0)
    throw new Refusal('forbidden', `This key lacks the scope ${missing.join(', ')}, so it cannot give it away.`);
}

async function usable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await known(answer, keyNotFound);
  } catch (error) {
    if (hasStatus(error, status.FAILED_PRECONDITION))
      throw invalidRequest([{ field: 'id', message: 'this key has been rotated, revoked or has expired' }]);
    if (hasStatus(error, status.RESOURCE_EXHAUSTED))
      throw invalidRequest([{ field: 'name', message: 'the account has as many keys as it may; revoke one first' }]);
    throw error;
  }
}

function keyNotFound(): Refusal {
  return new Refusal('not_found', 'There is no key with this id.');
}

function present(key: ApiKey | undefined): ApiKey {
  if (!key) throw new Error('accounts answered no key');
  return key;
}
