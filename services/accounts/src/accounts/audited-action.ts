import { kindOf, type AccountEvent } from './account';

/** What the audit log says of an event: its name, and the key, environment or account that it acted on. */
export function auditedAction(accountId: string, event: AccountEvent): { readonly action: string; readonly subject: string } {
  return { action: kindOf(event), subject: subjectOf(accountId, event) };
}

function subjectOf(accountId: string, event: AccountEvent): string {
  switch (event.$case) {
    case 'apiKeyCreated':
    case 'apiKeyRotated':
    case 'apiKeyRevoked':
      return event.value.keyId;
    case 'limitsSet':
      return `${event.value.environment} ${JSON.stringify(event.value.limits)}`;
    default:
      return accountId;
  }
}
