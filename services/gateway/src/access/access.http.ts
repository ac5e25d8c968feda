import type { FastifyRequest } from 'fastify';
import type { Caller, Scope } from '../identity/caller';
import { accountSuspended, rateLimitExceeded } from '../refusals/create-refusal';
import { LocalLimits } from '../limits/local-limits';
import { type Access as AccessRule, ADDRESS_LIMITS, type AddressPolicy } from './operation';
import { mayAct, type OperatorRole } from '../identity/operator-caller';
import { roleFor } from './operation';
import type { OperatorVerifier } from '../identity/operator-verifier.client';
import type { Judgement } from '../limits/rate';
import { Refusal } from '../refusals/refusal';
import { faultOfKeyHeaders, readBearerKey } from './request-headers';
import type { KeyVerifier } from '../identity/key-verifier.client';
import type { RateLimiter } from '../limits/rate-limiter.client';
import type { RequestState } from './request-state.http';
import { readSessionCookie, refuseForgery, type SessionCaller, sessionCaller } from '../identity/session-caller';
import type { SessionVerifier } from '../identity/session-verifier.client';
import { openStreamToken } from '../identity/stream-token';

const ADDRESSES_MAX = 100_000;

export interface AccessOptions {
  readonly keys: Pick<KeyVerifier, 'verify'>;
  readonly sessions: Pick<SessionVerifier, 'verify'>;
  readonly limiter: Pick<RateLimiter, 'spend'>;
  readonly operators: Pick<OperatorVerifier, 'verify'>;
  /** The installation's token only makes operators. */
  readonly bootstrapOnly: boolean;
  /** Signs the tokens of streams. */
  readonly linkSecret: string;
  readonly supportUrl: string;
}

/** Who may do what, and how often: the one place where a request is admitted. */
export class Access {
  private readonly addresses = new LocalLimits(ADDRESSES_MAX);

  constructor(private readonly options: AccessOptions) {}

  /** Before the body is read. A create is not counted here: its count rides on the order itself. @throws Refusal */
  async admit(request: FastifyRequest): Promise<void> {
    const state = request.gateway;
    const access = state.operation?.access;
    if (!access) return;
    if (access.by === 'anyone') return this.countAddress(state, access.policy);
    if (access.by === 'operator') return this.admitOperator(state, request, roleFor(access, request.method));
    if (access.by === 'session') return this.admitPerson(state, request, access.role);
    const caller = this.streamCallerOf(request, access) ?? (await this.callerOf(request));
    state.caller = caller;
    if (access.policy !== 'creates') this.judge(state, await this.options.limiter.spend(caller, access.policy));
    if (caller.suspended) throw accountSuspended();
    requireScope(caller, access.scope);
  }

  /** For a response that no policy has judged yet, as of an order that never reached the scheduler. @throws Refusal rate_limit_exceeded */
  async judgeRefused(state: RequestState, refusal: Refusal): Promise<void> {
    if (state.judgement) return;
    if (state.caller) this.judge(state, await this.options.limiter.spend(state.caller, 'creates'));
    else
      this.countAddress(state, ['invalid_api_key', 'signed_out'].includes(refusal.code) ? 'failed_auth' : 'documents');
  }

  spendAddress(address: string, policy: AddressPolicy): Judgement {
    return this.addresses.spend(`${policy}/${address}`, ADDRESS_LIMITS[policy], performance.now(), new Date());
  }

  /** A key, or else the person who is signed in. */
  private async callerOf(request: FastifyRequest): Promise<Caller> {
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined || readSessionCookie(cookie) === undefined) return this.identify(request);
    const caller = await this.person(request);
    refuseForgery(caller, request.method, request.headers['x-csrf-token'], false);
    return caller;
  }

  /** Whoever made the token, and only for the stream that it is for. */
  private streamCallerOf(
    request: FastifyRequest,
    { scope, stream }: AccessRule & { readonly by: 'key' },
  ): Caller | undefined {
    const token = stream === undefined ? undefined : streamTokenOf(request);
    if (token === undefined) return undefined;
    const grant = openStreamToken(this.options.linkSecret, token, new Date());
    const wanted = stream === 'job' ? (request.params as { id: string }).id : '';
    if (grant?.jobId !== wanted)
      throw new Refusal(
        'invalid_api_key',
        'This stream token has ended, or is for another stream. Make one at POST /v1/stream-tokens.',
      );
    const { accountId, environment, expiresAt, keyId } = grant;
    return {
      accountId,
      environment,
      keyId,
      scopes: scope === undefined ? [] : [scope],
      suspended: false,
      until: expiresAt,
    };
  }

  private async admitPerson(state: RequestState, request: FastifyRequest, role: 'owner' | undefined): Promise<void> {
    const caller = await this.person(request);
    state.caller = caller;
    this.judge(state, await this.options.limiter.spend(caller, 'reads'));
    refuseForgery(caller, request.method, request.headers['x-csrf-token'], true);
    if (role !== undefined && caller.session.role !== role)
      throw new Refusal('forbidden', 'Only an owner of the account may do this.');
  }

  private async person(request: FastifyRequest): Promise<SessionCaller> {
    const token = readSessionCookie(request.headers.cookie);
    const session = token === undefined ? undefined : await this.options.sessions.verify(token);
    if (token === undefined || !session)
      throw new Refusal('signed_out', 'Nobody is signed in, or the session has ended. Sign in at POST /v1/auth/login.');
    return sessionCaller(session, token, request.headers['x-environment']);
  }

  private async identify({ headers }: FastifyRequest): Promise<Caller> {
    const secret = readBearerKey(headers.authorization);
    const caller = secret === undefined ? undefined : await this.options.keys.verify(secret);
    if (!caller) throw invalidKey(faultOfKeyHeaders(headers.authorization, headers['x-api-key']));
    return caller;
  }

  private async admitOperator(state: RequestState, { headers }: FastifyRequest, needed: OperatorRole): Promise<void> {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    const caller = await this.options.operators.verify(token);
    if (!caller) throw invalidKey();
    state.operator = caller;
    this.countAddress(state, 'documents');
    if (!mayAct(caller, needed))
      throw new Refusal('forbidden', `Your role, ${caller.role}, may not do this: it takes the role ${needed}.`);
    if (caller.bootstrap && this.options.bootstrapOnly && !state.operation!.id.startsWith('adminOperators')) {
      throw new Refusal(
        'forbidden',
        'The token of the installation only makes and revokes operators here. Use your own.',
      );
    }
  }

  private countAddress(state: RequestState, policy: AddressPolicy): void {
    this.judge(state, this.spendAddress(state.address(), policy));
  }

  private judge(state: RequestState, judgement: Judgement): void {
    state.judgement = judgement;
    if (!judgement.allowed) throw rateLimitExceeded(judgement.retryAfterMs, this.options.supportUrl);
  }
}

/** Undefined where none was given; given twice, it is none. */
export function streamTokenOf({ query }: FastifyRequest): string | undefined {
  const { token } = query as { token?: string | string[] };
  return Array.isArray(token) ? '' : token;
}

/** @throws Refusal forbidden */
export function requireScope(caller: Caller, scope: Scope | undefined): void {
  if (scope !== undefined && !caller.scopes.includes(scope))
    throw new Refusal('forbidden', `${'session' in caller ? 'Your role' : 'This key'} lacks the scope ${scope}.`);
}

/** Says how the key was sent wrongly, and one thing only of every key that is not good. */
function invalidKey(fault = 'The token is not right.'): Refusal {
  return new Refusal('invalid_api_key', `${fault} Send a valid API key as Authorization: Bearer <key>.`, {
    headers: { 'www-authenticate': 'Bearer' },
  });
}
