import { Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import type { Session } from '@usvideo/contracts/accounts';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, sendObject, sessionOf } from '../access/request-state.http';
import { sessionCookie } from '../access/session-caller';
import { digestOf, SessionVerifier } from '../access/session-verifier.client';
import { rateLimitExceeded } from '../refusals/create-refusal';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { noQuery } from '../http/requests';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { known, refuseBody } from '../peers/peer-answers.client';
import { parseQuery } from '../validation/query';
import { validate } from '../validation/schema';
import { Registration } from './registration.client';
import { sessionView } from './sign-in-views';
import { acceptInvitationSchema, chooseAccountSchema, forgotSchema, loginSchema, passwordSchema, resetSchema, totpConfirmSchema, verifySchema } from './sign-in-requests';

const DONE = { status: 'done' };

/** People and their sessions. */
@Controller('v1/auth')
export class SignInController {
  constructor(private readonly peers: Peers, private readonly sessions: SessionVerifier, private readonly settings: Settings, private readonly registration: Registration) {}

  @Post('login')
  async login(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { email, password, totp } = validate(loginSchema, request.body);
    const answer = await call(this.peers.members, 'signIn', { email, password, totpCode: totp ?? '', actor: actorOf(request, 'self') });
    this.refuse(answer, '');
    this.begin(reply, answer.session, answer.sessionToken);
  }

  @Post('accept-invitation')
  async acceptInvitation(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { token, password } = validate(acceptInvitationSchema, request.body);
    const answer = await call(this.peers.members, 'acceptInvitation', { token, password: password ?? '', actor: actorOf(request, 'self') });
    this.refuse(answer, 'password');
    this.begin(reply, answer.session, answer.sessionToken);
  }

  @Post('forgot')
  async forgot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { email } = validate(forgotSchema, request.body);
    await call(this.peers.members, 'requestPasswordReset', { email, actor: actorOf(request, 'self') });
    sendObject(reply, 202, { status: 'accepted' });
  }

  @Post('reset')
  async reset(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { token, password } = validate(resetSchema, request.body);
    const answer = await call(this.peers.members, 'resetPassword', { token, password, actor: actorOf(request, 'self') });
    this.refuse(answer, 'password');
    this.sessions.forgetAll();
    await this.registration.welcome(answer.verifiedAccountIds, this.settings.signupCreditMicros);
    sendObject(reply, 200, DONE);
  }

  @Post('verify')
  async verify(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { token } = validate(verifySchema, request.body);
    const answer = await call(this.peers.members, 'verifyEmail', { token, actor: actorOf(request, 'self') });
    this.refuse(answer, 'token');
    this.sessions.forgetAll();
    await this.registration.welcome(answer.verifiedAccountIds, this.settings.signupCreditMicros);
    sendObject(reply, 200, DONE);
  }

  @Get('session')
  session(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    parseQuery(noQuery, request.query);
    const { session, token } = sessionOf(request);
    sendObject(reply, 200, sessionView(session, token));
  }

  @Put('session')
  async choose(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { token } = sessionOf(request);
    const { account_id: accountId } = validate(chooseAccountSchema, request.body);
    const { session } = await known(call(this.peers.members, 'chooseAccount', { tokenSha256: digestOf(token), accountId }), () => new Refusal('not_found', 'You are not a member of such an account.'));
    this.sessions.forget(token);
    this.begin(reply, session, token);
  }

  @Post('logout')
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    const { token } = sessionOf(request);
    await call(this.peers.members, 'signOut', { tokenSha256: digestOf(token), actor: actorOf(request) });
    this.sessions.forget(token);
    sendObject(reply.header('set-cookie', sessionCookie('', undefined, this.settings.isSecure)), 200, DONE);
  }

  @Post('password')
  async password(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { current_password: currentPassword, new_password: newPassword } = validate(passwordSchema, request.body);
    const answer = await call(this.peers.members, 'changePassword', { tokenSha256: digestOf(sessionOf(request).token), currentPassword, newPassword, actor: actorOf(request) });
    this.refuse(answer, 'new_password');
    this.sessions.forgetAll();
    sendObject(reply, 200, DONE);
  }

  @Post('totp')
  async startTotp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    const { refusal, secret, otpauthUrl } = await call(this.peers.members, 'startTotp', { tokenSha256: digestOf(sessionOf(request).token), actor: actorOf(request) });
    if (refusal !== '') throw new Refusal('invalid_request', 'You have a second factor. Remove it first.');
    sendObject(reply, 200, { secret, otpauth_url: otpauthUrl });
  }

  @Post('totp/confirm')
  async confirmTotp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { code } = validate(totpConfirmSchema, request.body);
    const { token } = sessionOf(request);
    const answer = await call(this.peers.members, 'confirmTotp', { tokenSha256: digestOf(token), code, actor: actorOf(request) });
    this.refuse(answer, 'code');
    this.sessions.forget(token);
    sendObject(reply, 200, DONE);
  }

  @Delete('totp')
  async removeTotp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    const { token } = sessionOf(request);
    await call(this.peers.members, 'removeTotp', { tokenSha256: digestOf(token), actor: actorOf(request) });
    this.sessions.forget(token);
    sendObject(reply, 200, DONE);
  }

  private begin(reply: FastifyReply, session: Session | undefined, token: string): void {
    if (!session) throw new Error('accounts answered no session');
    sendObject(reply.header('set-cookie', sessionCookie(token, session.expiresAt, this.settings.isSecure)), 200, sessionView(session, token));
  }

  /** @param field that the fault is said of, where it is of a field */
  private refuse({ refusal, retryAfterMs }: { refusal: string; retryAfterMs?: number }, field: string): void {
    switch (refusal) {
      case '': return;
      case 'invalid_credentials': throw new Refusal('invalid_credentials', 'The address or the password is wrong.');
      case 'mfa_required': throw new Refusal('mfa_required', 'Send the code of your second factor as totp.');
      case 'too_many_attempts': throw rateLimitExceeded(retryAfterMs ?? 1_000, this.settings.supportUrl);
      case 'no_account': throw new Refusal('forbidden', 'You are not a member of any account.');
      case 'password_too_easy': throw invalidRequest([{ field, message: 'is easily guessed: it is among those that are tried first' }]);
      case 'password_required': throw invalidRequest([{ field, message: 'is required' }]);
      case 'token_invalid': throw invalidRequest([{ field: 'token', message: 'is not a link that works: it was used already, or its time is over' }]);
      case 'invalid_code': throw invalidRequest([{ field, message: 'is not the code of this half minute' }]);
      case 'totp_not_started': throw new Refusal('invalid_request', 'Ask for a secret first: POST /v1/auth/totp.');
      default: throw new Error(`accounts refuses with ${refusal}, which has no answer`);
    }
  }
}
