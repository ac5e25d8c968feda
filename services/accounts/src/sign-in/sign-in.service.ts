import { Inject, Injectable } from '@nestjs/common';
import type { Session } from '@usvideo/contracts/accounts';
import { inTransactionAgain, newId, type Database, type Transaction } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';
import { getPerson, insertPerson, peopleAt, proveEmail, type Person } from '../people/person.sql';
import { mintToken, tokenDigest } from '../people/secret-token.store';
import { codeLimits, signInLimits, Attempts } from '../factors/attempts.store';
import { Passwords } from '../factors/passwords.service';
import { endSession, SessionStore } from './session.store';
import { SecondFactor } from '../factors/totp.service';

export type SignInRefusal = 'invalid_credentials' | 'mfa_required' | 'too_many_attempts' | 'no_account';

export type SignedIn =
  | { readonly refusal: SignInRefusal; readonly retryAfterMs?: number }
  | { readonly refusal: undefined; readonly token: string; readonly session: Session };

export type Accepted = SignedIn | { readonly refusal: 'token_invalid' | 'password_required' | 'password_too_easy' };

export interface Invitation {
  invitation_id: string;
  account_id: string;
  email: string;
  role: string;
}

const LOCK_INVITATION =
  'select invitation_id, account_id, email, role from invitation where token_sha256 = $1 and expires_at > $2 for update';

/** How a person becomes a session. The answer is the same, and takes as long, whether nobody has the address or the password is wrong. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly sessions: SessionStore,
    private readonly passwords: Passwords,
    private readonly attempts: Attempts,
    private readonly secondFactor: SecondFactor,
  ) {}

  async withPassword(email: string, password: string, code: string, actor: Actor): Promise<SignedIn> {
    const limits = signInLimits(email, actor.address);
    const retryAfterMs = await this.attempts.count(limits);
    if (retryAfterMs !== undefined) return { refusal: 'too_many_attempts', retryAfterMs };
    const person = await this.personWith(email, password);
    if (person === undefined) return { refusal: 'invalid_credentials' };
    if (person.totp?.confirmed) {
      if (code === '') {
        await this.attempts.forgive(limits);
        return { refusal: 'mfa_required' };
      }
      const wait = await this.attempts.count(codeLimits(person.personId));
      if (wait !== undefined) return { refusal: 'too_many_attempts', retryAfterMs: wait };
      if (!(await this.secondFactor.spend(this.database, new Date(), person, code)))
        return { refusal: 'invalid_credentials' };
      await this.attempts.forgive(codeLimits(person.personId));
    }
    await this.attempts.forgive(limits);
    return this.open(person.personId, actor);
  }

  /** Of those with the address the one whose password it is. */
  private async personWith(email: string, password: string): Promise<Person | undefined> {
    const people = (await peopleAt(this.database, email)).filter((person) => person.passwordHash !== undefined);
    if (people.length === 0) await this.passwords.matches(undefined, password);
    for (const person of people) if (await this.passwords.matches(person.passwordHash, password)) return person;
    return undefined;
  }

  async end(digest: Buffer): Promise<void> {
    await inTransactionAgain(this.database, (tx) => endSession(tx, digest));
  }

  /** The link proves the address. Whoever has a password with it shows it; a newcomer chooses one. */
  async acceptInvitation(token: string, password: string, actor: Actor): Promise<Accepted> {
    const digest = tokenDigest(token);
    const retryAfterMs = await this.attempts.count(signInLimits(`invitation ${digest.toString('hex')}`, actor.address));
    if (retryAfterMs !== undefined) return { refusal: 'too_many_attempts', retryAfterMs };
    const {
      rows: [invited],
    } = await this.database.query<Invitation>({
      text: LOCK_INVITATION.replace(' for update', ''),
      values: [digest, new Date()],
    });
    if (invited === undefined) return { refusal: 'token_invalid' };
    const proven = (await peopleAt(this.database, invited.email)).find(
      (person) => person.emailVerified && person.passwordHash !== undefined,
    );
    if (password === '') return { refusal: 'password_required' };
    if (proven !== undefined && !(await this.passwords.matches(proven.passwordHash, password)))
      return { refusal: 'invalid_credentials' };
    if (proven === undefined && this.passwords.isEasilyGuessed(password, [invited.email]))
      return { refusal: 'password_too_easy' };
    const passwordHash = proven === undefined ? await this.passwords.hash(password) : undefined;
    const joined = await inTransactionAgain(this.database, async (tx, now) => {
      const {
        rows: [invitation],
      } = await tx.query<Invitation>({ name: 'invitation_lock', text: LOCK_INVITATION, values: [digest, now] });
      return invitation && this.join(tx, now, invitation, proven, passwordHash, actor);
    });
    if (joined === undefined) return { refusal: 'token_invalid' };
    if (proven?.totp?.confirmed) return { refusal: 'mfa_required' };
    return this.open(joined.personId, actor, joined.accountId);
  }

  /** A member by an invitation; a newcomer without a password signs in elsewhere, or asks for a letter. */
  async join(
    tx: Transaction,
    now: Date,
    { invitation_id: invitationId, account_id: accountId, email, role }: Invitation,
    proven: Person | undefined,
    passwordHash: string | undefined,
    actor: Actor,
  ): Promise<{ personId: string; accountId: string }> {
    const personId = proven?.personId ?? (await this.newcomer(tx, now, email, passwordHash));
    const memberId = newId('mem', now.getTime());
    await tx.query({
      name: 'member_join',
      values: [memberId, accountId, email, role, now, personId],
      text: `insert into member (member_id, account_id, email, role, created_at, person_id) values ($1, $2, $3, $4, $5, $6)
        on conflict (account_id, person_id) do update set role = excluded.role`,
    });
    await tx.query({
      name: 'invitation_spend',
      text: 'delete from invitation where invitation_id = $1',
      values: [invitationId],
    });
    await appendAudit(tx, now, {
      accountId,
      actor: { ...actor, author: memberId },
      actions: [{ action: 'member_joined', subject: memberId, after: { role, invitation: invitationId } }],
    });
    return { personId, accountId };
  }

  /** A verified person whom an operator made has no password yet, and gets it here. */
  private async newcomer(tx: Transaction, now: Date, email: string, passwordHash: string | undefined): Promise<string> {
    const person = (await peopleAt(tx, email)).find((candidate) => candidate.emailVerified);
    if (person !== undefined) {
      await tx.query({
        name: 'person_first_password',
        values: [person.personId, passwordHash],
        text: 'update person set password_hash = coalesce(password_hash, $2) where person_id = $1',
      });
      return person.personId;
    }
    const personId = newId('usr', now.getTime());
    await insertPerson(tx, now, { personId, email, passwordHash, emailVerified: false });
    return proveEmail(tx, now, (await getPerson(tx, personId))!);
  }

  async open(personId: string, actor: Actor, accountId?: string): Promise<SignedIn> {
    const minted = mintToken();
    const account = await inTransactionAgain(this.database, async (tx, now) => {
      const opened = await this.sessions.open(tx, now, minted, personId, accountId);
      if (opened !== undefined)
        await appendAudit(tx, now, {
          accountId: opened,
          actor: { ...actor, author: personId },
          actions: [{ action: 'signed_in', subject: personId }],
        });
      return opened;
    });
    const session = account === undefined ? undefined : await this.sessions.find(minted.digest);
    return session === undefined ? { refusal: 'no_account' } : { refusal: undefined, token: minted.token, session };
  }
}
