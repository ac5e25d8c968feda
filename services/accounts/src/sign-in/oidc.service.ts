import { Inject, Injectable } from '@nestjs/common';
import { inTransactionAgain, type Database, type Transaction } from '@usvideo/event-store';
import { faultOfEmail } from '@usvideo/contracts/text';
import type { Logger } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';
import { peopleAt } from '../people/person.sql';
import { Attempts } from '../factors/attempts.store';
import { Flows } from './flow.store';
import { OidcRefused, type OidcExpectation, type OidcPerson, type OidcProvider } from './oidc.client';
import { SignIn, type Invitation, type SignedIn } from './sign-in.service';
import { OIDC } from './tokens';

const KNOWN = 'select person_id from identity where issuer = $1 and subject = $2';
const LINK =
  'insert into identity (issuer, subject, person_id, created_at) values ($1, $2, $3, $4) on conflict (issuer, subject) do nothing';
const INVITED = `
select invitation_id, account_id, email, role from invitation where lower(email) = lower($1) and expires_at > $2 order by created_at limit 20 for update`;

type OidcRefusal = 'oidc_unset' | 'token_invalid' | 'oidc_refused' | 'email_unverified';

/**
 * Signing in through the identity provider, which this installation's operator chose and therefore trusts: its proof of an address
 * counts as ours. It is who asks for a second factor.
 */
@Injectable()
export class OidcSignIn {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(OIDC) private readonly provider: OidcProvider | undefined,
    private readonly flows: Flows,
    private readonly attempts: Attempts,
    private readonly signIns: SignIn,
  ) {}

  get name(): string {
    return this.provider?.name ?? '';
  }

  async start(
    actor: Actor,
  ): Promise<
    | { refusal: 'oidc_unset' | 'too_many_attempts'; retryAfterMs?: number }
    | { refusal: undefined; authorizationUrl: string; state: string }
  > {
    if (this.provider === undefined) return { refusal: 'oidc_unset' };
    const retryAfterMs = await this.attempts.count([{ subject: `oidc from ${actor.address}`, max: 200 }]);
    if (retryAfterMs !== undefined) return { refusal: 'too_many_attempts', retryAfterMs };
    const expected = this.provider.expectation();
    const state = await this.flows.begin('oidc', expected);
    return { refusal: undefined, state, authorizationUrl: await this.provider.authorizationUrl(state, expected) };
  }

  async finish(state: string, query: string, actor: Actor): Promise<SignedIn | { refusal: OidcRefusal }> {
    if (this.provider === undefined) return { refusal: 'oidc_unset' };
    const expected = await this.flows.spend<OidcExpectation>('oidc', state);
    if (expected === undefined) return { refusal: 'token_invalid' };
    const person = await this.provider.person(query, state, expected).catch((error: unknown) => {
      if (!(error instanceof OidcRefused)) throw error;
      this.logger.info({ reason: error.message }, 'the identity provider did not say who it is');
      return undefined;
    });
    if (person === undefined) return { refusal: 'oidc_refused' };
    const found = await inTransactionAgain(this.database, (tx, now) => this.find(tx, now, person, actor));
    return typeof found === 'string' ? { refusal: found } : this.signIns.open(found.personId, actor);
  }

  private async find(
    tx: Transaction,
    now: Date,
    person: OidcPerson,
    actor: Actor,
  ): Promise<{ personId: string } | 'email_unverified' | 'no_account'> {
    const {
      rows: [known],
    } = await tx.query<{ person_id: string }>({
      name: 'identity_known',
      text: KNOWN,
      values: [person.issuer, person.subject],
    });
    if (known !== undefined) return { personId: known.person_id };
    if (!person.emailVerified || faultOfEmail(person.email) !== undefined) return 'email_unverified';
    const proven = (await peopleAt(tx, person.email)).find(({ emailVerified }) => emailVerified);
    const personId = proven?.personId ?? (await this.join(tx, now, person, actor));
    if (personId === undefined) return 'no_account';
    await tx.query({ name: 'identity_link', text: LINK, values: [person.issuer, person.subject, personId, now] });
    await appendAudit(tx, now, {
      accountId: '',
      actor: { ...actor, author: personId },
      actions: [
        { action: 'identity_linked', subject: personId, after: { issuer: person.issuer, subject: person.subject } },
      ],
    });
    return { personId };
  }

  /** Whoever is invited by an address that the provider proved needs no letter. */
  private async join(tx: Transaction, now: Date, { email }: OidcPerson, actor: Actor): Promise<string | undefined> {
    const { rows } = await tx.query<Invitation>({ name: 'invitations_of', text: INVITED, values: [email, now] });
    let personId: string | undefined;
    for (const invitation of rows)
      ({ personId } = await this.signIns.join(tx, now, invitation, undefined, undefined, actor));
    return personId;
  }
}
