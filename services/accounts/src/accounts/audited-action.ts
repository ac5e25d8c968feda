import type { AuditedAction } from '../audit/audit';
import { kindOf } from '@usvideo/event-store';
import type { AccountEvent, AccountState, KeyState } from './account';

/** What the audit log says of an event: its name, what it acted on, and that as it was and as it is. */
export function auditedAction(accountId: string, state: AccountState, event: AccountEvent): AuditedAction {
  return { action: kindOf(event), ...changeOf(accountId, state, event) };
}

function changeOf(accountId: string, state: AccountState, event: AccountEvent): Omit<AuditedAction, 'action'> {
  switch (event.$case) {
    case 'accountCreated':
      return { subject: accountId, after: { plan: event.value.plan } };
    case 'apiKeyCreated': {
      const { keyId: subject, environment, name, scopes } = event.value;
      return { subject, after: { environment, name, scopes } };
    }
    case 'apiKeyRotated': {
      const { keyId: subject, newKeyId, oldKeyExpiresAt } = event.value;
      return {
        subject,
        before: keyOf(state.keys.get(subject)),
        after: { replaced_by: newKeyId, expires_at: oldKeyExpiresAt?.toISOString() },
      };
    }
    case 'apiKeyRevoked':
      return {
        subject: event.value.keyId,
        before: keyOf(state.keys.get(event.value.keyId)),
        after: { status: 'revoked' },
      };
    case 'limitsSet': {
      const { environment, expiresAt, limits, reason } = event.value;
      const ends = expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() };
      return {
        subject: environment,
        before: { ...state.limits[environment as 'live' | 'test'] },
        after: { ...limits, ...ends, ...(reason ? { reason } : {}) },
      };
    }
    case 'accountSuspended': {
      const { closes, reason } = event.value;
      return {
        subject: accountId,
        before: { status: state.suspended ? 'suspended' : 'active' },
        after: { status: closes ? 'closed' : 'suspended', reason },
      };
    }
    case 'accountResumed':
      return { subject: accountId, before: { status: 'suspended' }, after: { status: 'active' } };
  }
}

function keyOf(key: KeyState | undefined): object {
  return key === undefined
    ? {}
    : { environment: key.environment, name: key.name, scopes: key.scopes, status: key.status };
}
