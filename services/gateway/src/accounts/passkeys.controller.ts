import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Actor, Passkey } from '@usvideo/contracts/accounts';
import { call } from '@usvideo/runtime';
import { AuditActor, SelfActor, SignedIn } from '../access/parameters.http';
import { type SessionCaller, sessionCookie } from '../identity/session-caller';
import { digestOf } from '../identity/session-verifier.client';
import { Answer } from '../http/answer';
import { Settings } from '../http/settings';
import { time } from '../http/views';
import { known } from '../peers/peer-answers.client';
import { Peers } from '../peers/peers.client';
import { Refusal } from '../refusals/refusal';
import { renderList } from '../validation/query';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { isRefused, type RefusableSignIn, refusedSignIn } from './sign-in-refusals';
import { newPasskeySchema, passkeySignInSchema } from './sign-in-requests';
import { sessionView } from './sign-in-views';

/** Passkeys of people, and signing in with one. */
@Controller('v1/auth')
export class PasskeysController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  /** What the sign-in page offers. */
  @Get('methods')
  async methods(): Promise<object> {
    const { oidcName, passkeys, letters, secondFactor } = await call(this.peers.members, 'describeSignIn', {});
    return {
      object: 'sign_in_methods',
      password: true,
      oidc: oidcName === '' ? null : { name: oidcName },
      passkeys,
      letters,
      second_factor: secondFactor,
    };
  }

  @Get('passkeys')
  async list(@SignedIn() { token }: SessionCaller): Promise<Answer> {
    const { passkeys } = await call(this.peers.members, 'listPasskeys', { tokenSha256: digestOf(token) });
    return new Answer(
      renderList(
        { limit: passkeys.length, offset: 0, startingAfter: '' },
        passkeys.map((passkey) => JSON.stringify(passkeyView(passkey))),
        false,
        null,
      ),
    );
  }

  @Post('passkeys/options')
  @HttpCode(200)
  async startRegistration(@SignedIn() { token }: SessionCaller, @AuditActor() actor: Actor): Promise<object> {
    return this.begun(await call(this.peers.members, 'startPasskey', { tokenSha256: digestOf(token), actor }));
  }

  @Post('passkeys')
  async finishRegistration(
    @SignedIn() { token }: SessionCaller,
    @ValidBody(newPasskeySchema) { flow, name, response }: Valid<typeof newPasskeySchema>,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const answer = await call(this.peers.members, 'finishPasskey', {
      tokenSha256: digestOf(token),
      flow,
      name,
      responseJson: JSON.stringify(response),
      actor,
    });
    if (isRefused(answer)) throw refusedSignIn(answer, 'response', this.settings);
    return passkeyView(answer.passkey!);
  }

  @Delete('passkeys/:id')
  async remove(
    @SignedIn() { token }: SessionCaller,
    @Param('id') passkeyId: string,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const noSuch = () => new Refusal('not_found', 'You have no passkey with this id.');
    if (!/^pky_[0-9A-Za-z]{1,60}$/.test(passkeyId)) throw noSuch();
    await known(call(this.peers.members, 'removePasskey', { tokenSha256: digestOf(token), passkeyId, actor }), noSuch);
    return { status: 'done' };
  }

  @Post('passkey-login/options')
  @HttpCode(200)
  async start(@SelfActor() actor: Actor): Promise<object> {
    return this.begun(await call(this.peers.members, 'startPasskeySignIn', { actor }));
  }

  @Post('passkey-login')
  @HttpCode(200)
  async finish(
    @ValidBody(passkeySignInSchema) { flow, response }: Valid<typeof passkeySignInSchema>,
    @SelfActor() actor: Actor,
  ): Promise<Answer> {
    const answer = await call(this.peers.members, 'finishPasskeySignIn', {
      flow,
      responseJson: JSON.stringify(response),
      actor,
    });
    if (isRefused(answer) || !answer.session) throw refusedSignIn(answer, '', this.settings);
    return new Answer(sessionView(answer.session, answer.sessionToken, this.settings), {
      'set-cookie': sessionCookie(answer.sessionToken, answer.session.expiresAt, this.settings.isSecure),
    });
  }

  private begun(answer: RefusableSignIn & { optionsJson: string; flow: string }): object {
    if (isRefused(answer)) throw refusedSignIn(answer, '', this.settings);
    return { flow: answer.flow, options: JSON.parse(answer.optionsJson) as object };
  }
}

function passkeyView({ passkeyId, name, createdAt, lastUsedAt }: Passkey): object {
  return { id: passkeyId, object: 'passkey', name, created_at: time(createdAt), last_used_at: time(lastUsedAt) };
}
