import { Module } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { SecretBox } from '@usvideo/runtime';
import { CONFIG, DATABASE } from '@usvideo/service';
import type { WebhooksConfig } from '../config';
import { SecretStore } from './secret.store';
import { SigningSecretStore } from './signing-secret.store';

@Module({
  providers: [
    SigningSecretStore,
    { provide: SecretStore, inject: [DATABASE, SecretBox], useFactory: openSecrets },
    {
      provide: SecretBox,
      inject: [CONFIG],
      useFactory: ({ SECRETS_KEY: key }: WebhooksConfig) => new SecretBox(Buffer.from(key, 'base64')),
    },
  ],
  exports: [SecretBox, SecretStore, SigningSecretStore],
})
export class SecretsModule {}

/** Secrets that cannot be opened end the start, before anything is delivered. */
async function openSecrets(database: Database, box: SecretBox): Promise<SecretStore> {
  const secrets = new SecretStore(database, box);
  await secrets.check();
  return secrets;
}
