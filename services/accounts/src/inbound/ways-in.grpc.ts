import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  type DescribeSignInResponse,
  type FinishOidcRequest,
  type FinishOidcResponse,
  type FinishPasskeyRequest,
  type FinishPasskeyResponse,
  type FinishPasskeySignInRequest,
  type FinishPasskeySignInResponse,
  type ListPasskeysRequest,
  type ListPasskeysResponse,
  type RemovePasskeyRequest,
  type RemovePasskeyResponse,
  type Session,
  SignInRefusal,
  type StartOidcRequest,
  type StartOidcResponse,
  type StartPasskeyRequest,
  type StartPasskeyResponse,
  type StartPasskeySignInRequest,
  type StartPasskeySignInResponse,
} from '@usvideo/contracts/accounts';
import { refusedAs } from '@usvideo/contracts/names';
import { grpcError, status } from '@usvideo/runtime';
import { LetterBox } from '../mail/letter-box.store';
import { OidcSignIn } from '../sign-in/oidc.service';
import { PasskeySignIn } from '../sign-in/passkey.service';
import { Passkeys } from '../factors/passkey.store';
import { SessionStore } from '../sign-in/session.store';
import { SecondFactor } from '../factors/totp.service';
import { actorOf } from './actor';
import { refuseFaults } from './refusal-status.grpc';
import { passkeyFaults, queryFaults } from './request-faults';
import { answerOf } from './sign-in.grpc';

/** Ways of signing in without a password. */
@Controller()
export class WaysInController {
  constructor(
    private readonly oidc: OidcSignIn,
    private readonly passkeySignIn: PasskeySignIn,
    private readonly passkeys: Passkeys,
    private readonly sessions: SessionStore,
    private readonly letters: LetterBox,
    private readonly secondFactor: SecondFactor,
  ) {}

  @GrpcMethod('MembersService', 'describeSignIn')
  describeSignIn(): DescribeSignInResponse {
    return {
      oidcName: this.oidc.name,
      passkeys: this.passkeySignIn.isOffered,
      letters: this.letters.writes,
      secondFactor: this.secondFactor.isKept,
    };
  }

  @GrpcMethod('MembersService', 'startOidc')
  async startOidc(request: StartOidcRequest): Promise<StartOidcResponse> {
    const { refusal, ...rest } = await this.oidc.start(actorOf(request));
    return { authorizationUrl: '', state: '', retryAfterMs: 0, ...rest, ...refusedAs(SignInRefusal, refusal) };
  }

  @GrpcMethod('MembersService', 'finishOidc')
  async finishOidc(request: FinishOidcRequest): Promise<FinishOidcResponse> {
    refuseFaults(queryFaults(request.query));
    return answerOf(await this.oidc.finish(request.state, request.query, actorOf(request)));
  }

  @GrpcMethod('MembersService', 'startPasskey')
  async startPasskey({ tokenSha256 }: StartPasskeyRequest): Promise<StartPasskeyResponse> {
    const { refusal, ...rest } = await this.passkeySignIn.startRegistration(await this.session(tokenSha256));
    return { optionsJson: '', flow: '', ...rest, ...refusedAs(SignInRefusal, refusal) };
  }

  @GrpcMethod('MembersService', 'finishPasskey')
  async finishPasskey(request: FinishPasskeyRequest): Promise<FinishPasskeyResponse> {
    refuseFaults(passkeyFaults(request));
    const { flow, responseJson, name, tokenSha256 } = request;
    const passkey = await this.passkeySignIn.finishRegistration(
      await this.session(tokenSha256),
      flow,
      responseJson,
      name,
      actorOf(request),
    );
    return typeof passkey === 'string'
      ? { ...refusedAs(SignInRefusal, passkey), passkey: undefined }
      : { refusal: '', passkey };
  }

  @GrpcMethod('MembersService', 'listPasskeys')
  async listPasskeys({ tokenSha256 }: ListPasskeysRequest): Promise<ListPasskeysResponse> {
    return { passkeys: await this.passkeys.list((await this.session(tokenSha256)).personId) };
  }

  @GrpcMethod('MembersService', 'removePasskey')
  async removePasskey(request: RemovePasskeyRequest): Promise<RemovePasskeyResponse> {
    if (
      !(await this.passkeySignIn.remove(await this.session(request.tokenSha256), request.passkeyId, actorOf(request)))
    )
      throw grpcError(status.NOT_FOUND, 'passkey_not_found');
    return {};
  }

  @GrpcMethod('MembersService', 'startPasskeySignIn')
  async startPasskeySignIn(request: StartPasskeySignInRequest): Promise<StartPasskeySignInResponse> {
    const { refusal, ...rest } = await this.passkeySignIn.start(actorOf(request));
    return { optionsJson: '', flow: '', retryAfterMs: 0, ...rest, ...refusedAs(SignInRefusal, refusal) };
  }

  @GrpcMethod('MembersService', 'finishPasskeySignIn')
  async finishPasskeySignIn(request: FinishPasskeySignInRequest): Promise<FinishPasskeySignInResponse> {
    refuseFaults(passkeyFaults({ ...request, name: 'passkey' }));
    return answerOf(await this.passkeySignIn.finish(request.flow, request.responseJson, actorOf(request)));
  }

  private async session(digest: Uint8Array): Promise<Session> {
    const session = await this.sessions.find(digest);
    if (session === undefined) throw grpcError(status.NOT_FOUND, 'session_ended');
    return session;
  }
}
