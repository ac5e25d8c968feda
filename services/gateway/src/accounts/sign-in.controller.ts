import { Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import type { Actor, Session } from '@usvideo/contracts/accounts';
import { call } from '@usvideo/runtime';
import { AuditActor, SelfActor, SignedIn } from '../access/parameters.http';
import { type SessionCaller, sessionCookie } from '../identity/session-caller';
import { digestOf, SessionVerifier } from '../identity/session-verifier.client';
import { Refusal } from '../refusals/refusal';
import { Answer } from '../http/answer';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { known } from '../peers/peer-answers.client';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { Registration } from './registration.client';
import { isRefused, type RefusableSignIn, refusedSignIn } from './sign-in-refusals';
import { sessionView } from './sign-in-views';
import {
  acceptInvitationSchema,
  chooseAccountSchema,
  forgotSchema,
  loginSchema,
  passwordSchema,
  resetSchema,
  totpConfirmSchema,
  verifySchema,
} from './sign-in-requests';

const DONE = { status: 'done' };

/** People and their sessions. */
@Controller('v1/auth')
export class SignInController {
  constructor(
    private readonly peers: Peers,
    private readonly sessions: SessionVerifier,
    private readonly settings: Settings,
    private readonly registration: Registration,
  ) {}

  @Post('login')
  @HttpCode(200)
  async login(
    @ValidBody(loginSchema) { email, password, totp }: Valid<typeof loginSchema>,
    @SelfActor() actor: Actor,
  ): Promise<Answer> {
    const answer = await call(this.peers.members, 'signIn', { email, password, totpCode: totp ?? '', actor });
    this.refuse(answer, '');
    return this.begun(answer.session, answer.sessionToken);
  }

  @Post('accept-invitation')
  @HttpCode(200)
  async acceptInvitation(
    @ValidBody(acceptInvitationSchema) { token, password }: Valid<typeof acceptInvitationSchema>,
    @SelfActor() actor: Actor,
  ): Promise<Answer> {
    const answer = await call(this.peers.members, 'acceptInvitation', { token, password: password ?? '', actor });
    this.refuse(answer, 'password');
    return this.begun(answer.session, answer.sessionToken);
  }

  @Post('forgot')
  @HttpCode(202)
  async forgot(
    @ValidBody(forgotSchema) { email }: Valid<typeof forgotSchema>,
    @SelfActor() actor: Actor,
  ): Promise<object> {
    this.refuse(await call(this.peers.members, 'requestPasswordReset', { email, actor }), 'email');
    return { status: 'accepted' };
  }

  @Post('reset')
  @HttpCode(200)
  async reset(
    @ValidBody(resetSchema) { token, password }: Valid<typeof resetSchema>,
    @SelfActor() actor: Actor,
  ): Promise<object> {
    const answer = await call(this.peers.members, 'resetPassword', { token, password, actor });
    this.refuse(answer, 'password');
    this.sessions.forgetAll();
    await this.registration.welcome(answer.verifiedAccountIds, this.settings.signupCreditMicros);
    return DONE;
  }

  @Post('verify')
  @HttpCode(200)
  async verify(
    @ValidBody(verifySchema) { token }: Valid<typeof verifySchema>,
    @SelfActor() actor: Actor,
  ): Promise<object> {
    const answer = await call(this.peers.members, 'verifyEmail', { token, actor });
    this.refuse(answer, 'token');
    this.sessions.forgetAll();
    await this.registration.welcome(answer.verifiedAccountIds, this.settings.signupCreditMicros);
    return DONE;
  }

  @Get('session')
  session(@SignedIn() { session, token }: SessionCaller): object {
    return sessionView(session, token, this.settings);
  }

  @Put('session')
  async choose(
    @SignedIn() { token }: SessionCaller,
    @ValidBody(chooseAccountSchema) { account_id: accountId }: Valid<typeof chooseAccountSchema>,
  ): Promise<Answer> {
    const { session } = await known(
      call(this.peers.members, 'chooseAccount', { tokenSha256: digestOf(token), accountId }),
      () => new Refusal('not_found', 'You are not a member of such an account.'),
    );
    this.sessions.forget(token);
    return this.begun(session, token);
  }

  @Post('logout')
  @HttpCode(200)
  async logout(@SignedIn() { token }: SessionCaller, @AuditActor() actor: Actor): Promise<Answer> {
    await call(this.peers.members, 'signOut', { tokenSha256: digestOf(token), actor });
    this.sessions.forget(token);
    return new Answer(DONE, { 'set-cookie': sessionCookie('', undefined, this.settings.isSecure) });
  }

  @Post('password')
  @HttpCode(200)
  async password(
    @SignedIn() { token }: SessionCaller,
    @ValidBody(passwordSchema)
    { current_password: currentPassword, new_password: newPassword }: Valid<typeof passwordSchema>,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const answer = await call(this.peers.members, 'changePassword', {
      tokenSha256: digestOf(token),
      currentPassword,
      newPassword,
      actor,
    });
    this.refuse(answer, 'new_password');
    this.sessions.forgetAll();
    return DONE;
  }

  @Post('totp')
  @HttpCode(200)
  async startTotp(@SignedIn() { token }: SessionCaller, @AuditActor() actor: Actor): Promise<object> {
    const answer = await call(this.peers.members, 'startTotp', { tokenSha256: digestOf(token), actor });
    this.refuse(answer, '');
    return { secret: answer.secret, otpauth_url: answer.otpauthUrl };
  }

  @Post('totp/confirm')
  @HttpCode(200)
  async confirmTotp(
    @SignedIn() { token }: SessionCaller,
    @ValidBody(totpConfirmSchema) { code }: Valid<typeof totpConfirmSchema>,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const answer = await call(this.peers.members, 'confirmTotp', { tokenSha256: digestOf(token), code, actor });
    this.refuse(answer, 'code');
    this.sessions.forget(token);
    return DONE;
  }

  @Delete('totp')
  async removeTotp(@SignedIn() { token }: SessionCaller, @AuditActor() actor: Actor): Promise<object> {
    await call(this.peers.members, 'removeTotp', { tokenSha256: digestOf(token), actor });
    this.sessions.forget(token);
    return DONE;
  }

  private refuse(answer: RefusableSignIn, field: string): void {
    if (isRefused(answer)) throw refusedSignIn(answer, field, this.settings);
  }

  private begun(session: Session | undefined, token: string): Answer {
    if (!session) throw new Error('accounts answered no session');
    return new Answer(sessionView(session, token, this.settings), {
      'set-cookie': sessionCookie(token, session.expiresAt, this.settings.isSecure),
    });
  }
}
