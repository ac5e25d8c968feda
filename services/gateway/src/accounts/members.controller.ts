import { Controller, Delete, Get, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { call } from '@usvideo/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, sendJson, sendObject, sessionOf } from '../access/request-state.http';
import { SessionVerifier } from '../access/session-verifier.client';
import { noQuery } from '../http/requests';
import { Peers } from '../peers/peers.client';
import { known, refuseBody } from '../peers/peer-answers.client';
import { Refusal, invalidRequest } from '../refusals/refusal';
import { parseQuery, renderList } from '../validation/query';
import { validate } from '../validation/schema';
import { memberView } from './sign-in-views';
import { invitationSchema, memberRoleSchema } from './sign-in-requests';

const MEMBERS_MAX = 200;

/** Who acts for the account of the session. Keys do not get here: people are the business of people. */
@Controller('v1/members')
export class MembersController {
  constructor(private readonly peers: Peers, private readonly sessions: SessionVerifier) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { members } = await call(this.peers.members, 'listMembers', { accountId: sessionOf(request).accountId });
    sendJson(reply, 200, renderList({ limit: MEMBERS_MAX, offset: 0, startingAfter: '' }, members.map((member) => JSON.stringify(memberView(member))), false, null));
  }

  @Post('invitations')
  async invite(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { email, role } = validate(invitationSchema, request.body);
    const { refusal, member } = await call(this.peers.members, 'inviteMember', { accountId: sessionOf(request).accountId, email, role, actor: actorOf(request) });
    if (refusal === 'already_member') throw invalidRequest([{ field: 'email', message: 'is that of a member' }]);
    if (refusal !== '') throw invalidRequest([{ field: 'email', message: `is one too many: an account has ${MEMBERS_MAX} members and invitations at most` }]);
    sendObject(reply, 201, memberView(member!));
  }

  @Patch(':id')
  async setRole(@Param('id') memberId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    const { role } = validate(memberRoleSchema, request.body);
    const { refusal, member } = await known(call(this.peers.members, 'setMemberRole', { accountId: sessionOf(request).accountId, memberId, role, actor: actorOf(request) }), memberNotFound);
    if (refusal !== '') throw lastOwner();
    this.sessions.forgetAll();
    sendObject(reply, 200, memberView(member!));
  }

  @Delete(':id')
  async remove(@Param('id') memberId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    parseQuery(noQuery, request.query);
    refuseBody(request.body);
    const { refusal } = await known(call(this.peers.members, 'removeMember', { accountId: sessionOf(request).accountId, memberId, actor: actorOf(request) }), memberNotFound);
    if (refusal !== '') throw lastOwner();
    this.sessions.forgetAll();
    sendObject(reply, 200, { status: 'done' });
  }
}

function memberNotFound(): Refusal {
  return new Refusal('not_found', 'There is no member with this id.');
}

function lastOwner(): Refusal {
  return new Refusal('invalid_request', 'This is the last owner of the account. Make somebody else an owner first.');
}
