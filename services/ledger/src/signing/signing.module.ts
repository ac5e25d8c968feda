import { Module } from '@nestjs/common';
import { CONFIG } from '@usvideo/service';
import type { LedgerConfig } from '../config';
import { SigningKey } from './signing-key';
import { SIGNING_KEY } from './tokens';

@Module({ providers: [{ provide: SIGNING_KEY, inject: [CONFIG], useFactory: signingKey }], exports: [SIGNING_KEY] })
export class SigningModule {}

function signingKey({ LEDGER_SIGNING_KEY: text }: LedgerConfig): SigningKey | undefined {
  return text === undefined ? undefined : new SigningKey(Buffer.from(text, 'base64'));
}
