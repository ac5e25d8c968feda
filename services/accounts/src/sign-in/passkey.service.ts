import { Inject, Injectable } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Passkey, Session } from '@usvideo/contracts/accounts';
import { inTransactionAgain, type Database } from '@usvideo/event-store';
import type { Logger } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { appendAudit } from '../audit/audit.store';
import { Attempts } from '../factors/attempts.store';
import { Flows } from './flow.store';
import { PASSKEYS_MAX, Passkeys, type Credential } from '../factors/passkey.store';
import type { RelyingParty } from './relying-party';
import { SignIn, type SignedIn } from './sign-in.service';
import { RELYING_PARTY } from './tokens';

interface Expected {
  readonly challenge: string;
}
type Started<Refusal extends string> =
  { refusal: Refusal; retryAfterMs?: number } | { refusal: undefined; optionsJson: string; flow: string };

/** Signing in with a passkey: what the device keeps and what unlocks it are two factors, so that no code is asked for besides. */
@Injectable()
export class PasskeySignIn {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RELYING_PARTY) private readonly party: RelyingParty | undefined,
    private readonly flows: Flows,
    private readonly passkeys: Passkeys,
    private readonly attempts: Attempts,
    private readonly signIns: SignIn,
  ) {}

  get isOffered(): boolean {
    return this.party !== undefined;
  }

  async startRegistration({ personId, email }: Session): Promise<Started<'passkeys_unset' | 'too_many_passkeys'>> {
    if (this.party === undefined) return { refusal: 'passkeys_unset' };
    const known = await this.passkeys.credentialIds(personId);
    if (known.length >= PASSKEYS_MAX) return { refusal: 'too_many_passkeys' };
    const options = await generateRegistrationOptions({
      rpName: this.party.name,
      rpID: this.party.id,
      userName: email,
      userID: new TextEncoder().encode(personId),
      attestationType: 'none',
      excludeCredentials: known.map((id) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return {
      refusal: undefined,
      optionsJson: JSON.stringify(options),
      flow: await this.flows.begin('passkey', { challenge: options.challenge }, personId),
    };
  }

  async finishRegistration(
    { personId, accountId }: Session,
    flow: string,
    responseJson: string,
    name: string,
    actor: Actor,
  ): Promise<'token_invalid' | 'passkey_invalid' | Passkey> {
    const expected = await this.flows.spend<Expected>('passkey', flow, personId);
    if (this.party === undefined || expected === undefined) return 'token_invalid';
    const credential = await this.registered(responseJson, expected, personId);
    if (credential === undefined) return 'passkey_invalid';
    return inTransactionAgain(this.database, async (tx, now) => {
      const passkey = await this.passkeys.add(tx, now, credential, name);
      if (passkey === undefined) return 'passkey_invalid';
      await appendAudit(tx, now, {
        accountId,
        actor,
        actions: [{ action: 'passkey_added', subject: passkey.passkeyId, after: { person: personId, name } }],
      });
      return passkey;
    });
  }

  /** False: there is no such passkey of theirs. */
  async remove({ personId, accountId }: Session, passkeyId: string, actor: Actor): Promise<boolean> {
    return inTransactionAgain(this.database, async (tx, now) => {
      if (!(await this.passkeys.remove(tx, personId, passkeyId))) return false;
      await appendAudit(tx, now, {
        accountId,
        actor,
        actions: [{ action: 'passkey_removed', subject: passkeyId, before: { person: personId } }],
      });
      return true;
    });
  }

  async start(actor: Actor): Promise<Started<'passkeys_unset' | 'too_many_attempts'>> {
    if (this.party === undefined) return { refusal: 'passkeys_unset' };
    const retryAfterMs = await this.attempts.count([{ subject: `passkey from ${actor.address}`, max: 200 }]);
    if (retryAfterMs !== undefined) return { refusal: 'too_many_attempts', retryAfterMs };
    const options = await generateAuthenticationOptions({ rpID: this.party.id, userVerification: 'required' });
    return {
      refusal: undefined,
      optionsJson: JSON.stringify(options),
      flow: await this.flows.begin('passkey_sign_in', { challenge: options.challenge }),
    };
  }

  async finish(
    flow: string,
    responseJson: string,
    actor: Actor,
  ): Promise<SignedIn | { refusal: 'token_invalid' | 'passkey_invalid' }> {
    const expected = await this.flows.spend<Expected>('passkey_sign_in', flow);
    if (expected === undefined) return { refusal: 'token_invalid' };
    const personId = await this.authenticated(responseJson, expected);
    return personId === undefined ? { refusal: 'passkey_invalid' } : this.signIns.open(personId, actor);
  }

  private async registered(
    responseJson: string,
    { challenge }: Expected,
    personId: string,
  ): Promise<Credential | undefined> {
    const { id, origin } = this.party!;
    const verified = await verifyRegistrationResponse({
      response: JSON.parse(responseJson) as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
    }).catch((error: unknown) => this.notVerified(error));
    if (!verified?.verified) return undefined;
    const { credential } = verified.registrationInfo;
    return {
      credentialId: credential.id,
      personId,
      publicKey: credential.publicKey,
      counter: credential.counter,
      transports: credential.transports ?? [],
    };
  }

  private async authenticated(responseJson: string, { challenge }: Expected): Promise<string | undefined> {
    const response = JSON.parse(responseJson) as AuthenticationResponseJSON;
    const known = this.party && typeof response.id === 'string' ? await this.passkeys.find(response.id) : undefined;
    if (this.party === undefined || known === undefined) return undefined;
    const verified = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: this.party.origin,
      expectedRPID: this.party.id,
      requireUserVerification: true,
      credential: {
        id: known.credentialId,
        publicKey: known.publicKey,
        counter: known.counter,
        transports: known.transports as AuthenticatorTransport[],
      },
    }).catch((error: unknown) => this.notVerified(error));
    if (!verified?.verified) return undefined;
    return (await this.passkeys.use(known.credentialId, verified.authenticationInfo.newCounter))
      ? known.personId
      : undefined;
  }

  /** The library throws at whatever is not as it must be. */
  private notVerified(error: unknown): undefined {
    this.logger.info({ reason: (error as Error).message }, 'a passkey did not verify');
  }
}
