import { randomBytes } from 'node:crypto';
import { AccountsServiceClient } from '@usvideo/contracts/accounts';
import { LedgerServiceClient } from '@usvideo/contracts/ledger';
import { WebhooksServiceClient } from '@usvideo/contracts/webhooks';
import { call, dial } from '@usvideo/runtime';
import { ulid } from 'ulid';
import type { Credentials } from './state.store';

export interface FirstAccountOptions {
  readonly addresses: { readonly accounts: string; readonly ledger: string; readonly webhooks: string };
  readonly apiUrl: string;
  readonly adminUrl: string;
  readonly adminToken: string;
  readonly amountMicros: bigint;
  /** Of the gateway, through which customers do the same. */
  readonly token?: string;
}

/**
 * Makes the account that a newcomer tries the platform with, through the services' own doors. Its address is new each time,
 * so that a start that died between making the account and writing its keys can simply be made again.
 */
export async function makeFirstAccount(options: FirstAccountOptions): Promise<Credentials> {
  const accounts = dial(AccountsServiceClient, options.addresses.accounts, options.token);
  const ledger = dial(LedgerServiceClient, options.addresses.ledger, options.token);
  const webhooks = dial(WebhooksServiceClient, options.addresses.webhooks, options.token);
  try {
    const email = `owner-${ulid().slice(-6).toLowerCase()}@example.com`;
    const password = randomBytes(12).toString('base64url');
    const registered = await call(accounts, 'register', {
      email,
      password,
      accountName: 'First account',
      plan: 'standard',
      author: 'first-start',
      emailVerified: true,
    });
    const accountId = registered.account!.accountId;
    const { secret } = await call(webhooks, 'ensureSecret', { accountId });
    if (options.amountMicros > 0n) {
      await call(ledger, 'addFunds', {
        accountId,
        amountMicros: options.amountMicros,
        source: 'promotion',
        paymentRef: 'first-start',
        author: 'first-start',
        note: 'Balance of the first account',
      });
    }
    return {
      api_url: options.apiUrl,
      live_key: registered.liveKey,
      test_key: registered.testKey,
      webhook_secret: secret,
      admin_url: options.adminUrl,
      admin_token: options.adminToken,
      dashboard: { email, password },
    };
  } finally {
    for (const client of [accounts, ledger, webhooks]) client.close();
  }
}
