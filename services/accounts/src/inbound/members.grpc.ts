import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  type InviteMemberRequest,
  type InviteMemberResponse,
  type ListMembersRequest,
  type ListMembersResponse,
  type Member,
  MemberRefusal,
  type RemoveMemberRequest,
  type RemoveMemberResponse,
  type SetMemberRoleRequest,
  type SetMemberRoleResponse,
  type TellTopUpDeclinedRequest,
  type TellTopUpDeclinedResponse,
} from '@usvideo/contracts/accounts';
import { refusedAs } from '@usvideo/contracts/names';
import { formatUsd, grpcError, status } from '@usvideo/runtime';
import { MemberStore } from '../people/member.store';
import type { Role } from '../people/roles';
import { mintToken } from '../people/secret-token.store';
import { actorOf } from './actor';
import { invitationFaults, roleFaults } from './request-faults';
import { refusalError, refuseFaults } from './refusal-status.grpc';

/** Who acts for an account. */
@Controller()
export class MembersController {
  constructor(private readonly members: MemberStore) {}

  @GrpcMethod('MembersService', 'listMembers')
  async listMembers({ accountId }: ListMembersRequest): Promise<ListMembersResponse> {
    return { members: await this.members.list(accountId) };
  }

  @GrpcMethod('MembersService', 'inviteMember')
  async inviteMember(request: InviteMemberRequest): Promise<InviteMemberResponse> {
    const email = request.email.trim();
    refuseFaults(invitationFaults({ ...request, email }));
    const invited = await this.members.invite(
      request.accountId,
      email,
      request.role as Role,
      mintToken(),
      actorOf(request),
    );
    if (invited === undefined) throw refusalError('account_not_found');
    return typeof invited === 'string'
      ? { ...refusedAs(MemberRefusal, invited), member: undefined }
      : { refusal: '', member: invited };
  }

  @GrpcMethod('MembersService', 'setMemberRole')
  async setMemberRole(request: SetMemberRoleRequest): Promise<SetMemberRoleResponse> {
    refuseFaults(roleFaults(request.role));
    const { accountId, memberId } = request;
    const outcome = await this.members.setRole(accountId, memberId, request.role as Role, actorOf(request));
    if (outcome === undefined) throw memberNotFound();
    if (outcome === 'last_owner') return { ...refusedAs(MemberRefusal, outcome), member: undefined };
    return { refusal: '', member: await this.member(accountId, memberId) };
  }

  @GrpcMethod('MembersService', 'removeMember')
  async removeMember(request: RemoveMemberRequest): Promise<RemoveMemberResponse> {
    const outcome = await this.members.remove(request.accountId, request.memberId, actorOf(request));
    if (outcome === undefined) throw memberNotFound();
    return refusedAs(MemberRefusal, outcome === 'last_owner' ? outcome : undefined);
  }

  @GrpcMethod('MembersService', 'tellTopUpDeclined')
  async tellTopUpDeclined(request: TellTopUpDeclinedRequest): Promise<TellTopUpDeclinedResponse> {
    const { accountId, topUpId, amountMicros, paymentMethod } = request;
    await this.members.tellTopUpDeclined(accountId, topUpId, formatUsd(amountMicros), paymentMethod);
    return {};
  }

  private async member(accountId: string, memberId: string): Promise<Member> {
    const member = (await this.members.list(accountId)).find((candidate) => candidate.memberId === memberId);
    if (member === undefined) throw memberNotFound();
    return member;
  }
}

function memberNotFound(): Error {
  return grpcError(status.NOT_FOUND, 'member_not_found');
}
