import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  type AcceptInvitationRequest,
  type AcceptInvitationResponse,
  type ChangePasswordRequest,
  type ChangePasswordResponse,
  type ChooseAccountRequest,
  type ChooseAccountResponse,
  type ConfirmTotpRequest,
  type ConfirmTotpResponse,
  type RemoveTotpRequest,
  type RemoveTotpResponse,
  type RequestPasswordResetRequest,
  type RequestPasswordResetResponse,
  type ResetPasswordRequest,
  type ResetPasswordResponse,
  type Session,
  SignInRefusal,
  type SignInRequest,
  type SignInResponse,
  type SignOutRequest,
  type SignOutResponse,
  type StartTotpRequest,
  type StartTotpResponse,
  type VerifyEmailRequest,
  type VerifyEmailResponse,
  type VerifySessionRequest,
  type VerifySessionResponse,
} from '@usvideo/contracts/accounts';
import { type NameOf, refusedAs } from '@usvideo/contracts/names';
import { grpcError, status } from '@usvideo/runtime';
import { Credentials } from '../sign-in/credentials.service';
import { SessionStore } from '../sign-in/session.store';
import { SignIn } from '../sign-in/sign-in.service';
import { actorOf } from './actor';
import { passwordFaults, signInFaults } from './request-faults';
import { refuseFaults } from './refusal-status.grpc';

/** How people sign in, and what they change about it. */
@Controller()
export class SignInController {
  constructor(
    private readonly signIns: SignIn,
    private readonly credentials: Credentials,
    private readonly sessions: SessionStore,
  ) {}

  @GrpcMethod('MembersService', 'signIn')
  async signIn(request: SignInRequest): Promise<SignInResponse> {
    refuseFaults(signInFaults(request));
    return answerOf(
      await this.signIns.withPassword(request.email.trim(), request.password, request.totpCode, actorOf(request)),
    );
  }

  @GrpcMethod('MembersService', 'verifySession')
  async verifySession({ tokenSha256 }: VerifySessionRequest): Promise<VerifySessionResponse> {
    return { session: await this.session(tokenSha256) };
  }

  @GrpcMethod('MembersService', 'chooseAccount')
  async chooseAccount({ tokenSha256, accountId }: ChooseAccountRequest): Promise<ChooseAccountResponse> {
    if (!(await this.sessions.choose(tokenSha256, accountId))) throw grpcError(status.NOT_FOUND, 'account_not_found');
    return { session: await this.session(tokenSha256) };
  }

  @GrpcMethod('MembersService', 'signOut')
  async signOut({ tokenSha256 }: SignOutRequest): Promise<SignOutResponse> {
    await this.signIns.end(tokenSha256);
    return {};
  }

  @GrpcMethod('MembersService', 'changePassword')
  async changePassword(request: ChangePasswordRequest): Promise<ChangePasswordResponse> {
    refuseFaults(passwordFaults('new_password', request.newPassword));
    const session = await this.session(request.tokenSha256);
    const { refusal, retryAfterMs } = await this.credentials.changePassword(
      session,
      request.tokenSha256,
      request.currentPassword,
      request.newPassword,
      actorOf(request),
    );
    return { ...refusedAs(SignInRefusal, refusal), retryAfterMs: retryAfterMs ?? 0 };
  }

  @GrpcMethod('MembersService', 'requestPasswordReset')
  async requestPasswordReset(request: RequestPasswordResetRequest): Promise<RequestPasswordResetResponse> {
    return refusedAs(SignInRefusal, await this.credentials.requestReset(request.email.trim(), actorOf(request)));
  }

  @GrpcMethod('MembersService', 'resetPassword')
  async resetPassword(request: ResetPasswordRequest): Promise<ResetPasswordResponse> {
    refuseFaults(passwordFaults('password', request.password));
    const { refusal, verifiedAccountIds } = await this.credentials.resetPassword(
      request.token,
      request.password,
      actorOf(request),
    );
    return { ...refusedAs(SignInRefusal, refusal), verifiedAccountIds };
  }

  @GrpcMethod('MembersService', 'verifyEmail')
  async verifyEmail(request: VerifyEmailRequest): Promise<VerifyEmailResponse> {
    const { refusal, verifiedAccountIds } = await this.credentials.verifyEmail(request.token, actorOf(request));
    return { ...refusedAs(SignInRefusal, refusal), verifiedAccountIds };
  }

  @GrpcMethod('MembersService', 'startTotp')
  async startTotp(request: StartTotpRequest): Promise<StartTotpResponse> {
    const started = await this.credentials.startTotp(await this.session(request.tokenSha256), actorOf(request));
    return typeof started === 'string'
      ? { ...refusedAs(SignInRefusal, started), secret: '', otpauthUrl: '' }
      : { refusal: '', ...started };
  }

  @GrpcMethod('MembersService', 'confirmTotp')
  async confirmTotp(request: ConfirmTotpRequest): Promise<ConfirmTotpResponse> {
    const { refusal, retryAfterMs } = await this.credentials.confirmTotp(
      await this.session(request.tokenSha256),
      request.code,
      actorOf(request),
    );
    return { ...refusedAs(SignInRefusal, refusal), retryAfterMs: retryAfterMs ?? 0 };
  }

  @GrpcMethod('MembersService', 'removeTotp')
  async removeTotp(request: RemoveTotpRequest): Promise<RemoveTotpResponse> {
    await this.credentials.removeTotp(await this.session(request.tokenSha256), actorOf(request));
    return {};
  }

  @GrpcMethod('MembersService', 'acceptInvitation')
  async acceptInvitation(request: AcceptInvitationRequest): Promise<AcceptInvitationResponse> {
    if (request.password !== '') refuseFaults(passwordFaults('password', request.password));
    return answerOf(await this.signIns.acceptInvitation(request.token, request.password, actorOf(request)));
  }

  private async session(digest: Uint8Array): Promise<Session> {
    const session = await this.sessions.find(digest);
    if (session === undefined) throw grpcError(status.NOT_FOUND, 'session_ended');
    return session;
  }
}

export function answerOf(
  outcome:
    | { refusal: NameOf<typeof SignInRefusal>; retryAfterMs?: number }
    | { refusal: undefined; token: string; session: Session },
): SignInResponse {
  if (outcome.refusal !== undefined)
    return {
      ...refusedAs(SignInRefusal, outcome.refusal),
      retryAfterMs: ('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined) ?? 0,
      sessionToken: '',
      session: undefined,
    };
  return { refusal: '', retryAfterMs: 0, sessionToken: outcome.token, session: outcome.session };
}
