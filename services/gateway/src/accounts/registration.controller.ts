import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseQuery } from '../validation/query';
import { Refusal } from '../refusals/refusal';
import { noQuery, registerSchema } from '../http/requests';
import { validate } from '../validation/schema';
import { Registration } from './registration.client';
import { actorOf, sendObject } from '../access/request-state.http';
import { sessionCookie } from '../access/session-caller';
import { Settings } from '../http/settings';

@Controller('v1/auth')
export class RegistrationController {
  constructor(private readonly registration: Registration, private readonly settings: Settings) {}

  @Post('register')
  async register(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (this.settings.registration !== 'open') throw new Refusal('forbidden', 'Registration is not open here. Ask the operator for an account.');
    parseQuery(noQuery, request.query);
    const { email, password, account_name: accountName } = validate(registerSchema, request.body);
    const opened = await this.registration.open({
      email, password, accountName, plan: 'standard', author: 'self', actor: actorOf(request, 'self'), signIn: true, emailVerified: false,
    });
    if (opened.sessionToken) reply.header('set-cookie', sessionCookie(opened.sessionToken, undefined, this.settings.isSecure));
    sendObject(reply, 201, {
      account_id: opened.account?.accountId, live_key: opened.liveKey, test_key: opened.testKey, webhook_secret: opened.webhookSecret ?? null,
    });
  }
}
