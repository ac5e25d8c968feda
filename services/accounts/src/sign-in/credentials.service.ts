import { Inject, Injectable } from '@nestjs/common';
import { inTransactionAgain, type Database, type Transaction } from '@usvideo/event-store';
import type { Session } from '@usvideo/contracts/accounts';
import { DATABASE } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';
import { LetterBox } from '../mail/letter-box.store';
import { passwordChangedLetter, resetPasswordLetter, verifyEmailLetter, type Links } from '../mail/letters';
import { getPerson, ownedAccounts, peopleAt, proveEmail, setPassword } from '../people/person.sql';
import { mintToken, tokenDigest } from '../people/secret-token.store';
import { codeLimits, letterLimits, Attempts } from '../factors/attempts.store';
import { endMailTokens, insertMailToken, spendMailToken } from '../factors/mail-token.sql';
import { Passwords } from '../factors/passwords.service';
import { endSessions } from './session.store';
import { SecondFactor } from '../factors/totp.service';
import { LINKS } from '../mail/tokens';

export interface Refused<Refusal extends string> {
  readonly refusal: Refusal | undefined;
  readonly retryAfterMs?: number;
}

/** What a person proves and changes about how they sign in. */
@Injectable()
export class Credentials {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly attempts: Attempts,
    private readonly secondFactor: SecondFactor,
    private readonly letters: LetterBox,
    @Inject(LINKS) private readonly links: Links,
  ) {}

  /** In the transaction that registers the person; post the letters after it. */
  async askForProof(
    tx: Transaction,
    now: Date,
    person: { personId: string; email: string },
    accountName: string,
  ): Promise<void> {
    const minted = mintToken();
    await insertMailToken(tx, now, 'verify_email', person.personId, minted);
    await this.letters.write(tx, now, verifyEmailLetter(person.email, accountName, minted.token, this.links));
  }

  async changePassword(
    { personId, email, accountId }: Session,
    digest: Buffer,
    current: string,
    wanted: string,
    actor: Actor,
  ): Promise<Refused<'invalid_credentials' | 'too_many_attempts' | 'password_too_easy'>> {
    const limits = codeLimits(personId);
    const retryAfterMs = await this.attempts.count(limits);
    if (retryAfterMs !== undefined) return { refusal: 'too_many_attempts', retryAfterMs };
    const person = await getPerson(this.database, personId);
    if (!(await this.passwords.matches(person?.passwordHash, current))) return { refusal: 'invalid_credentials' };
    await this.attempts.forgive(limits);
    if (this.passwords.isEasilyGuessed(wanted, [email])) return { refusal: 'password_too_easy' };
    const hash = await this.passwords.hash(wanted);
    await inTransactionAgain(this.database, async (tx, now) => {
      await setPassword(tx, personId, hash);
      await endSessions(tx, personId, digest);
      await endMailTokens(tx, personId, 'reset_password');
      await this.letters.write(tx, now, passwordChangedLetter(email, this.links));
      await appendAudit(tx, now, { accountId, actor, actions: [{ action: 'password_changed', subject: personId }] });
    });
    this.letters.posted();
    return { refusal: undefined };
  }

  /** Whoever proved the address is written to, or the newest who typed it; for an unknown address the same is done for nobody. */
  async requestReset(email: string, actor: Actor): Promise<'letters_unset' | undefined> {
    if (!this.letters.writes) return 'letters_unset';
    if ((await this.attempts.count(letterLimits(email, actor.address))) !== undefined) return undefined;
    await inTransactionAgain(this.database, async (tx, now) => {
      const person = (await peopleAt(tx, email))[0];
      const minted = mintToken();
      if (person !== undefined) await insertMailToken(tx, now, 'reset_password', person.personId, minted);
      await this.letters.write(tx, now, person && resetPasswordLetter(person.email, minted.token, this.links));
    });
    this.letters.posted();
    return undefined;
  }

  async resetPassword(
    token: string,
    password: string,
    actor: Actor,
  ): Promise<Refused<'token_invalid' | 'password_too_easy'> & { readonly verifiedAccountIds: string[] }> {
    if (this.passwords.isEasilyGuessed(password, [])) return { refusal: 'password_too_easy', verifiedAccountIds: [] };
    const hash = await this.passwords.hash(password);
    return inTransactionAgain(this.database, async (tx, now) => {
      const found = await this.spend(tx, now, 'reset_password', token);
      if (found === undefined) return { refusal: 'token_invalid', verifiedAccountIds: [] };
      const personId = await proveEmail(tx, now, found);
      await setPassword(tx, personId, hash);
      await endSessions(tx, personId);
      await endMailTokens(tx, personId, 'reset_password');
      await appendAudit(tx, now, {
        accountId: '',
        actor: { ...actor, author: personId },
        actions: [{ action: 'password_reset', subject: personId }],
      });
      return { refusal: undefined, verifiedAccountIds: await ownedAccounts(tx, personId) };
    });
  }

  verifyEmail(
    token: string,
    actor: Actor,
  ): Promise<Refused<'token_invalid'> & { readonly verifiedAccountIds: string[] }> {
    return inTransactionAgain(this.database, async (tx, now) => {
      const found = await this.spend(tx, now, 'verify_email', token);
      if (found === undefined) return { refusal: 'token_invalid', verifiedAccountIds: [] };
      const personId = await proveEmail(tx, now, found);
      await appendAudit(tx, now, {
        accountId: '',
        actor: { ...actor, author: personId },
        actions: [{ action: 'email_verified', subject: personId }],
      });
      return { refusal: undefined, verifiedAccountIds: await ownedAccounts(tx, personId) };
    });
  }

  async startTotp(
    { personId, accountId }: Session,
    actor: Actor,
  ): Promise<{ secret: string; otpauthUrl: string } | 'totp_enabled' | 'secrets_key_unset'> {
    if (!this.secondFactor.isKept) return 'secrets_key_unset';
    return inTransactionAgain(this.database, async (tx, now) => {
      const person = await getPerson(tx, personId, true);
      const started = person && (await this.secondFactor.start(tx, person));
      if (started === undefined) return 'totp_enabled';
      await appendAudit(tx, now, { accountId, actor, actions: [{ action: 'totp_started', subject: personId }] });
      return started;
    });
  }

  async confirmTotp(
    { personId, accountId }: Session,
    code: string,
    actor: Actor,
  ): Promise<Refused<'totp_not_started' | 'invalid_code' | 'too_many_attempts'>> {
    const retryAfterMs = await this.attempts.count(codeLimits(personId));
    if (retryAfterMs !== undefined) return { refusal: 'too_many_attempts', retryAfterMs };
    return inTransactionAgain(this.database, async (tx, now) => {
      const person = await getPerson(tx, personId, true);
      if (person?.totp === undefined) return { refusal: 'totp_not_started' as const };
      if (!(await this.secondFactor.spend(tx, now, person, code))) return { refusal: 'invalid_code' as const };
      await appendAudit(tx, now, { accountId, actor, actions: [{ action: 'totp_enabled', subject: personId }] });
      return { refusal: undefined };
    });
  }

  async removeTotp({ personId, accountId }: Session, actor: Actor): Promise<void> {
    await inTransactionAgain(this.database, async (tx, now) => {
      if (!(await this.secondFactor.remove(tx, personId))) return;
      await appendAudit(tx, now, { accountId, actor, actions: [{ action: 'totp_removed', subject: personId }] });
    });
  }

  private async spend(tx: Transaction, now: Date, purpose: 'verify_email' | 'reset_password', token: string) {
    const personId = await spendMailToken(tx, now, purpose, tokenDigest(token));
    return personId === undefined ? undefined : getPerson(tx, personId, true);
  }
}
