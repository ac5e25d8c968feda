import type { Member, Session } from '@usvideo/contracts/accounts';
import type { Settings } from '../http/settings';
import { csrfTokenOf } from '../identity/session-caller';

export function sessionView(
  session: Session,
  token: string,
  { traceUrlTemplate }: Pick<Settings, 'traceUrlTemplate'>,
): object {
  const {
    personId,
    email,
    name,
    emailVerified,
    mfaEnabled,
    accountId,
    accountName,
    accountPlan,
    role: as,
    memberships,
    expiresAt,
  } = session;
  return {
    object: 'session',
    user: { id: personId, email, name: name || null, email_verified: emailVerified, mfa_enabled: mfaEnabled },
    account: { account_id: accountId, name: accountName, plan: accountPlan },
    role: as,
    accounts: memberships.map((membership) => ({
      account_id: membership.accountId,
      name: membership.accountName,
      role: membership.role,
    })),
    csrf_token: csrfTokenOf(token),
    trace_url_template: traceUrlTemplate ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
  };
}

export function memberView({
  memberId,
  email,
  name,
  role: as,
  status,
  mfaEnabled,
  createdAt,
  expiresAt,
}: Member): object {
  return {
    id: memberId,
    object: 'member',
    email,
    name: name || null,
    role: as,
    status,
    mfa_enabled: mfaEnabled,
    created_at: createdAt?.toISOString() ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
  };
}
