import { Controller, Get, Req, Res } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/request-state.http';
import { sessionCookie } from '../identity/session-caller';
import { Settings } from '../http/settings';
import { Peers } from '../peers/peers.client';
import { oidcCookie, readOidcState } from './oidc-cookie';
import { refusedSignIn } from './sign-in-refusals';

/** Signing in through the identity provider. A browser follows links here, so that every answer is a page to go to. */
@Controller('v1/auth/oidc')
export class OidcController {
  constructor(
    private readonly peers: Peers,
    private readonly settings: Settings,
  ) {}

  @Get()
  async start(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await call(this.peers.members, 'startOidc', { actor: actorOf(request, 'self') });
    if (answer.refusal !== '') throw refusedSignIn(answer, '', this.settings);
    reply.header('set-cookie', oidcCookie(answer.state, this.settings.isSecure));
    void reply.redirect(answer.authorizationUrl, 302);
  }

  /** The state is in the browser's cookie too: nobody is signed in by a link that somebody else began. */
  @Get('callback')
  async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = request.url.split('?')[1] ?? '';
    const state = readOidcState(request.headers.cookie, new URLSearchParams(query).get('state'));
    const answer =
      state === undefined
        ? { refusal: 'token_invalid' as string }
        : await call(this.peers.members, 'finishOidc', { state, query, actor: actorOf(request, 'self') });
    const cookies = [oidcCookie('', this.settings.isSecure)];
    const signedIn = 'session' in answer && answer.refusal === '' ? answer : undefined;
    if (signedIn !== undefined)
      cookies.push(sessionCookie(signedIn.sessionToken, signedIn.session?.expiresAt, this.settings.isSecure));
    reply.header('set-cookie', cookies);
    void reply.redirect(signedIn !== undefined ? '/dashboard' : `/dashboard/sign-in?refused=${answer.refusal}`, 302);
  }
}
