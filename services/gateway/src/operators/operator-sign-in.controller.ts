import { Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { type Actor, OperatorSignInRefusal } from '@usvideo/contracts/accounts';
import { nameOf } from '@usvideo/contracts/names';
import { call } from '@usvideo/runtime';
import { SelfActor } from '../access/parameters.http';
import { Answer } from '../http/answer';
import { OperatorVerifier } from '../identity/operator-verifier.client';
import { operatorOidcCookie, readOidcState } from '../accounts/oidc-cookie';
import { adminOidcFinishSchema } from '../http/requests';
import { Peers } from '../peers/peers.client';
import { Refusal, invalidRequest, notConfigured } from '../refusals/refusal';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { operatorView } from './operators.controller';

/** How operators sign in who have no token: through the identity provider, by a page that keeps what it gets in its memory. */
@Controller('admin/v1/auth')
export class AdminSignInController {
  constructor(
    private readonly peers: Peers,
    private readonly verifier: OperatorVerifier,
  ) {}

  @Get('methods')
  async methods(): Promise<object> {
    const { oidcName } = await call(this.peers.operators, 'describeOperatorSignIn', {});
    return { object: 'sign_in_methods', token: true, oidc: oidcName === '' ? null : { name: oidcName } };
  }

  @Post('oidc')
  @HttpCode(200)
  async start(@SelfActor() actor: Actor): Promise<Answer> {
    const { refusal, state, authorizationUrl } = await call(this.peers.operators, 'startOperatorOidc', { actor });
    if (refusal !== undefined) throw refused(refusal);
    return new Answer(
      { object: 'authorization', url: authorizationUrl },
      { 'set-cookie': operatorOidcCookie(state, isSecure(authorizationUrl)) },
    );
  }

  /** The state is in the browser's cookie too: nobody is signed in by an address that somebody else sent. */
  @Post('oidc/finish')
  @HttpCode(200)
  async finish(
    @ValidBody(adminOidcFinishSchema) { query }: Valid<typeof adminOidcFinishSchema>,
    @Headers('cookie') cookie: string | undefined,
    @SelfActor() actor: Actor,
  ): Promise<Answer> {
    const state = readOidcState(cookie, new URLSearchParams(query).get('state'));
    if (state === undefined) throw refused(OperatorSignInRefusal.TOKEN_INVALID);
    const { refusal, operator, token } = await call(this.peers.operators, 'finishOperatorOidc', {
      state,
      query,
      actor,
    });
    if (refusal !== undefined || !operator) throw refused(refusal);
    this.verifier.forgetAll();
    return new Answer({ ...operatorView(operator), token }, { 'set-cookie': operatorOidcCookie('', false) });
  }
}

/** The admin port does not know whether it is behind TLS; where the provider came back to says so. */
function isSecure(authorizationUrl: string): boolean {
  return new URL(authorizationUrl).searchParams.get('redirect_uri')?.startsWith('https:') === true;
}

function refused(refusal: OperatorSignInRefusal | undefined): Error {
  switch (nameOf(OperatorSignInRefusal, refusal, '')) {
    case 'oidc_unset':
      return notConfigured('There is no single sign-on for operators', 'OPERATOR_OIDC_ISSUER_URL');
    case 'token_invalid':
      return invalidRequest([
        { field: 'query', message: 'is not of a sign-in that was begun in this browser within ten minutes' },
      ]);
    case 'oidc_refused':
      return new Refusal('invalid_credentials', 'The identity provider did not say who you are.');
    case 'email_unverified':
      return new Refusal('forbidden', 'The identity provider does not vouch for your address.');
    case 'no_role':
      return new Refusal(
        'forbidden',
        'Nothing that the identity provider says of you is the role of an operator here.',
      );
    case 'name_taken':
      return new Refusal('forbidden', 'Another operator has your name. Ask for theirs to be revoked, or use a token.');
    case 'revoked':
      return new Refusal('forbidden', 'You were revoked as an operator.');
    default:
      return new Error(`accounts refuses with ${refusal}, which has no answer`);
  }
}
