import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type {
  ApiKey,
  CreateKeyRequest,
  CreateKeyResponse,
  ListKeysRequest,
  ListKeysResponse,
  RevokeKeyRequest,
  RevokeKeyResponse,
  RotateKeyRequest,
  RotateKeyResponse,
  VerifyKeyRequest,
  VerifyKeyResponse,
  VerifyKeysRequest,
  VerifyKeysResponse,
} from '@usvideo/contracts/accounts';
import { newId } from '@usvideo/event-store';
import type { Environment } from '../accounts/plan';
import { actorOf } from './actor';
import { keysAtOnceFaults, newKeyFaults, overlapFaults } from './request-faults';
import { AccountReader } from '../accounts/account-reader.sql';
import { AccountStore, type AccountExecuted } from '../accounts/account.store';
import { mintKey } from '../keys/key-minting.store';
import { KeyVerification } from '../keys/key-verification.service';
import { refusalError, refuseFaults } from './refusal-status.grpc';

@Controller()
export class KeysController {
  constructor(
    private readonly store: AccountStore,
    private readonly reader: AccountReader,
    private readonly verification: KeyVerification,
  ) {}

  @GrpcMethod('AccountsService', 'verifyKey')
  async verifyKey({ secretSha256 }: VerifyKeyRequest): Promise<VerifyKeyResponse> {
    const [verified] = await this.verification.verify([secretSha256]);
    if (verified === undefined) throw refusalError('key_not_found');
    return verified.key!;
  }

  @GrpcMethod('AccountsService', 'verifyKeys')
  async verifyKeys({ secretSha256s }: VerifyKeysRequest): Promise<VerifyKeysResponse> {
    refuseFaults(keysAtOnceFaults(secretSha256s.length));
    return { keys: await this.verification.verify(secretSha256s) };
  }

  @GrpcMethod('AccountsService', 'listKeys')
  async listKeys({ accountId }: ListKeysRequest): Promise<ListKeysResponse> {
    return { keys: await this.reader.listKeys(accountId) };
  }

  @GrpcMethod('AccountsService', 'createKey')
  async createKey(request: CreateKeyRequest): Promise<CreateKeyResponse> {
    refuseFaults(newKeyFaults(request));
    const { accountId, author } = request;
    const actor = actorOf(request);
    const environment = request.environment as Environment;
    const keyId = newId('key');
    const minted = mintKey(environment);
    const key = { keyId, environment, name: request.name.trim(), scopes: [...new Set(request.scopes)] };
    refuse(
      await this.store.execute(accountId, actor, () => ({ type: 'CreateKey', accountId, key, author }), {
        secrets: new Map([[keyId, minted]]),
      }),
    );
    return { key: await this.key(accountId, keyId), secret: minted.secret };
  }

  @GrpcMethod('AccountsService', 'rotateKey')
  async rotateKey(request: RotateKeyRequest): Promise<RotateKeyResponse> {
    const { accountId, author, keyId, overlapSeconds } = request;
    refuseFaults(overlapFaults(overlapSeconds));
    // The secret names its environment, so the key is read before its successor is made; keys never change their environment.
    const { environment } = await this.key(accountId, keyId);
    const newKeyId = newId('key');
    const minted = mintKey(environment as Environment);
    refuse(
      await this.store.execute(
        accountId,
        actorOf(request),
        (now) => ({
          type: 'RotateKey',
          accountId,
          keyId,
          newKeyId,
          oldKeyExpiresAt: new Date(now.getTime() + overlapSeconds * 1_000),
          author,
        }),
        { secrets: new Map([[newKeyId, minted]]) },
      ),
    );
    const [key, oldKey] = await Promise.all([this.key(accountId, newKeyId), this.key(accountId, keyId)]);
    return { key, secret: minted.secret, oldKey };
  }

  @GrpcMethod('AccountsService', 'revokeKey')
  async revokeKey(request: RevokeKeyRequest): Promise<RevokeKeyResponse> {
    const { accountId, author, keyId } = request;
    refuse(
      await this.store.execute(accountId, actorOf(request), () => ({ type: 'RevokeKey', accountId, keyId, author })),
    );
    return {};
  }

  private async key(accountId: string, keyId: string): Promise<ApiKey> {
    const key = await this.reader.getKey(accountId, keyId);
    if (key === undefined) throw refusalError('key_not_found');
    return key;
  }
}

function refuse(executed: AccountExecuted): void {
  if (executed.refusal !== undefined) throw refusalError(executed.refusal);
}
