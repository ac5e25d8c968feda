import { Inject, Injectable } from '@nestjs/common';
import type { Operator } from '@usvideo/contracts/accounts';
import { faultOfEmail } from '@usvideo/contracts/text';
import type { Logger } from '@usvideo/runtime';
import { LOGGER } from '@usvideo/service';
import type { Actor } from '../audit/audit';
import { Flows } from '../sign-in/flow.store';
import { OidcRefused, type OidcExpectation, type OidcPerson, type OidcProvider } from '../sign-in/oidc.client';
import { federatedName, federatedRole, type RoleMap } from './federated-role';
import { OperatorStore } from './operator.store';
import { OPERATOR_OIDC } from './tokens';

export interface OperatorOidc {
  readonly provider: OidcProvider;
  /** The claim that says what somebody may do. */
  readonly roleClaim: string;
  readonly roles: RoleMap;
  readonly sessionHours: number;
}

export type OperatorOidcRefusal =
  'oidc_unset' | 'token_invalid' | 'oidc_refused' | 'email_unverified' | 'no_role' | 'name_taken' | 'revoked';

/**
 * Operators who sign in through the identity provider, which says each time what they may do: who lost the role there has none here as
 * soon as the token has run out, or at the next sign-in.
 */
@Injectable()
export class OperatorOidcSignIn {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(OPERATOR_OIDC) private readonly oidc: OperatorOidc | undefined,
    private readonly flows: Flows,
    private readonly operators: OperatorStore,
  ) {}

  get name(): string {
    return this.oidc?.provider.name ?? '';
  }

  async start(): Promise<{ refusal: 'oidc_unset' } | { refusal: ''; authorizationUrl: string; state: string }> {
    if (this.oidc === undefined) return { refusal: 'oidc_unset' };
    const { provider } = this.oidc;
    const expected = provider.expectation();
    const state = await this.flows.begin('operator_oidc', expected);
    return { refusal: '', state, authorizationUrl: await provider.authorizationUrl(state, expected) };
  }

  async finish(
    state: string,
    query: string,
    actor: Actor,
  ): Promise<{ refusal: OperatorOidcRefusal } | { refusal: ''; operator: Operator; token: string }> {
    if (this.oidc === undefined) return { refusal: 'oidc_unset' };
    const expected = await this.flows.spend<OidcExpectation>('operator_oidc', state);
    if (expected === undefined) return { refusal: 'token_invalid' };
    const person = await this.oidc.provider.person(query, state, expected).catch((error: unknown) => {
      if (!(error instanceof OidcRefused)) throw error;
      this.logger.info({ reason: error.message }, 'the identity provider did not say which operator it is');
      return undefined;
    });
    if (person === undefined) return { refusal: 'oidc_refused' };
    return this.open(this.oidc, person, actor);
  }

  private async open({ roleClaim, roles, sessionHours }: OperatorOidc, person: OidcPerson, actor: Actor) {
    const role = federatedRole(person.claims[roleClaim], roles);
    const { issuer, subject, email, emailVerified } = person;
    if (role === undefined) {
      await this.operators.endFederated({ issuer, subject }, actor);
      return { refusal: 'no_role' as const };
    }
    if (!emailVerified || faultOfEmail(email) !== undefined) return { refusal: 'email_unverified' as const };
    return this.operators.signInFederated(
      { issuer, subject, name: federatedName(email), role, hours: sessionHours },
      actor,
    );
  }
}
