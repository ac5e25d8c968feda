import { Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { type Actor, MemberRefusal } from '@usvideo/contracts/accounts';
import { type NameOf, refusalIn } from '@usvideo/contracts/names';
import { call } from '@usvideo/runtime';
import { AuditActor, SignedIn } from '../access/parameters.http';
import type { SessionCaller } from '../identity/session-caller';
import { SessionVerifier } from '../identity/session-verifier.client';
import { Answer } from '../http/answer';
import { Peers } from '../peers/peers.client';
import { known } from '../peers/peer-answers.client';
import { Refusal, invalidRequest, lettersUnset, serviceUnavailable } from '../refusals/refusal';
import { renderList } from '../validation/query';
import { type Valid, ValidBody } from '../validation/valid.pipe';
import { memberView } from './sign-in-views';
import { invitationSchema, memberRoleSchema } from './sign-in-requests';

const MEMBERS_MAX = 200;

/** Who acts for the account of the session. Keys do not get here: people are the business of people. */
@Controller('v1/members')
export class MembersController {
  constructor(
    private readonly peers: Peers,
    private readonly sessions: SessionVerifier,
  ) {}

  @Get()
  async list(@SignedIn() { accountId }: SessionCaller): Promise<Answer> {
    const { members } = await call(this.peers.members, 'listMembers', { accountId });
    const all = { limit: MEMBERS_MAX, offset: 0, startingAfter: '' };
    return new Answer(
      renderList(
        all,
        members.map((member) => JSON.stringify(memberView(member))),
        false,
        null,
      ),
    );
  }

  @Post('invitations')
  async invite(
    @SignedIn() { accountId }: SessionCaller,
    @ValidBody(invitationSchema) { email, role }: Valid<typeof invitationSchema>,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const answer = await call(this.peers.members, 'inviteMember', { accountId, email, role, actor });
    refuse(answer);
    return memberView(answer.member!);
  }

  @Patch(':id')
  async setRole(
    @Param('id') memberId: string,
    @SignedIn() { accountId }: SessionCaller,
    @ValidBody(memberRoleSchema) { role }: Valid<typeof memberRoleSchema>,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    const answer = await known(
      call(this.peers.members, 'setMemberRole', { accountId, memberId, role, actor }),
      memberNotFound,
    );
    refuse(answer);
    this.sessions.forgetAll();
    return memberView(answer.member!);
  }

  @Delete(':id')
  async remove(
    @Param('id') memberId: string,
    @SignedIn() { accountId }: SessionCaller,
    @AuditActor() actor: Actor,
  ): Promise<object> {
    refuse(await known(call(this.peers.members, 'removeMember', { accountId, memberId, actor }), memberNotFound));
    this.sessions.forgetAll();
    return { status: 'done' };
  }
}

function memberNotFound(): Refusal {
  return new Refusal('not_found', 'There is no member with this id.');
}

const REFUSALS = {
  letters_unset: lettersUnset,
  already_member: () => invalidRequest([{ field: 'email', message: 'is that of a member' }]),
  too_many_members: () =>
    invalidRequest([
      { field: 'email', message: `is one too many: an account has ${MEMBERS_MAX} members and invitations at most` },
    ]),
  last_owner: () =>
    new Refusal('invalid_request', 'This is the last owner of the account. Make somebody else an owner first.'),
  unknown: serviceUnavailable,
} satisfies Record<NameOf<typeof MemberRefusal> | 'unknown', () => Refusal>;

/** @throws Refusal unless the answer is none */
function refuse(answer: { refusal: string; refusalKind?: MemberRefusal | undefined }): void {
  const refusal = refusalIn(MemberRefusal, answer);
  if (refusal !== undefined) throw REFUSALS[refusal]();
}
