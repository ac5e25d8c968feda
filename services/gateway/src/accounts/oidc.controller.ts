import { Controller, Get, Headers, Req } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import { type Actor, SignInRefusal } from '@usvideo/contracts/accounts';
import { refusalIn, refusedAs } from '@usvideo/contracts/names';
import type { FastifyRequest } from 'fastify';
import { SelfActor } from '../access/parameters.http';
import { Answer } from '../http/answer';
import { sessionCookie } from '../identity/session-caller';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { oidcCookie, readOidcState } from './oidc-cookie';
import { isRefused, refusedSignIn } from './sign-in-refusals';

/** Signing in through the identity provider. A browser follows links here, so that every answer is a page to go to. */
@Controller('v1/auth/oidc')
export class OidcController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  @Get()
  async start(@SelfActor() actor: Actor): Promise<Answer> {
    const answer = await call(this.peers.members, 'startOidc', { actor });
    if (isRefused(answer)) throw refusedSignIn(answer, '', this.settings);
    return redirected(answer.authorizationUrl, [oidcCookie(answer.state, this.settings.isSecure)]);
  }

  /** The state is in the browser's cookie too: nobody is signed in by a link that somebody else began. */
  @Get('callback')
  async callback(
    @Req() { url }: FastifyRequest,
    @Headers('cookie') cookie: string | undefined,
    @SelfActor() actor: Actor,
  ): Promise<Answer> {
    const query = url.split('?')[1] ?? '';
    const state = readOidcState(cookie, new URLSearchParams(query).get('state'));
    const answer =
      state === undefined
        ? refusedAs(SignInRefusal, 'token_invalid')
        : await call(this.peers.members, 'finishOidc', { state, query, actor });
    const cookies = [oidcCookie('', this.settings.isSecure)];
    const signedIn = 'session' in answer && !isRefused(answer) ? answer : undefined;
    if (signedIn !== undefined)
      cookies.push(sessionCookie(signedIn.sessionToken, signedIn.session?.expiresAt, this.settings.isSecure));
    return redirected(
      signedIn !== undefined ? '/dashboard' : `/dashboard/sign-in?refused=${refusalIn(SignInRefusal, answer)}`,
      cookies,
    );
  }
}

function redirected(location: string, cookies: string[]): Answer {
  return new Answer(undefined, { location, 'set-cookie': cookies }, 302);
}
