import { createHash, timingSafeEqual } from 'node:crypto';
import {
  InterceptingCall,
  Metadata,
  ServerInterceptingCall,
  ServerListenerBuilder,
  status,
  type Interceptor,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { z } from 'zod';
import { CALLER_METHODS, type Callee, type Caller } from '@usvideo/contracts/callers';
import { secret } from '../config/config';
import type { Logger } from '../log/logger';
import { rpcRequests } from '../metrics/metrics';

/** Which service a token speaks for; the token itself is not kept. */
export interface CallerToken {
  readonly caller: Caller;
  readonly sha256: Buffer;
}

const TOKEN_CHARACTERS_MIN = 32;

/** Setting `SERVICE_TOKEN`: what this service shows to those it calls. */
export function serviceToken() {
  return secret()
    .min(TOKEN_CHARACTERS_MIN)
    .optional()
    .describe('Token that this service shows to the services it calls. Unset: none, which is enough on one machine.');
}

/** Setting `CALLER_TOKENS`: whose calls a service answers. */
export function callerTokens() {
  return secret()
    .optional()
    .transform(parseCallerTokens)
    .describe(
      "Whose calls are answered: `caller=token`, comma-separated. A caller may have two while its token is changed. Unset: everybody's, and only on a unix socket or a loopback address.",
    );
}

function parseCallerTokens(text: string | undefined, context: z.RefinementCtx): readonly CallerToken[] | undefined {
  if (text === undefined) return undefined;
  const fault = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const seen = new Set<string>();
  return text.split(',').map((pair, index) => {
    const [, caller = '', token = ''] = /^\s*([^=]*)=(.*?)\s*$/.exec(pair) ?? [];
    if (!isCaller(caller))
      return fault(
        `entry ${index + 1} does not begin with one of ${Object.keys(CALLER_METHODS)
          .map((name) => `${name}=`)
          .join(' ')}`,
      );
    if (token.length < TOKEN_CHARACTERS_MIN)
      return fault(`a token of ${caller} has fewer than ${TOKEN_CHARACTERS_MIN} characters`);
    if (seen.has(token)) return fault(`the token of ${caller} is given twice`);
    seen.add(token);
    return { caller, sha256: digest(token) };
  });
}

function isCaller(name: string): name is Caller {
  return Object.hasOwn(CALLER_METHODS, name);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Shows the token with every call, streams included. */
export function showToken(token: string): Interceptor {
  const authorization = `Bearer ${token}`;
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        metadata.set('authorization', authorization);
        next(metadata, listener);
      },
    });
}

/** Refuses, before it is read, every call that the table does not allow to its caller. */
export function admitCallers(callee: Callee, tokens: readonly CallerToken[], logger: Logger): ServerInterceptor {
  const judge = callJudge(callee, tokens);
  return ({ path }, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next(
          new ServerListenerBuilder()
            .withOnReceiveMetadata((metadata, admit) => {
              const refusal = judge(metadata, path);
              if (refusal === undefined) return admit(metadata);
              logger.warn({ method: path, reason: refusal.details }, 'a call was refused');
              const [, service = '', method = ''] = path.split('/');
              rpcRequests.inc({ service, method, status: status[refusal.code] });
              call.sendStatus(refusal);
            })
            .build(),
        ),
    });
}

interface Refusal {
  readonly code: status;
  readonly details: string;
}

function callJudge(
  callee: Callee,
  tokens: readonly CallerToken[],
): (metadata: Metadata, path: string) => Refusal | undefined {
  const allowed = new Map(tokens.map(({ caller }) => [caller, new Set(CALLER_METHODS[caller][callee])]));
  return (metadata, path) => {
    const caller = callerOf(metadata, tokens);
    if (caller === undefined)
      return { code: status.UNAUTHENTICATED, details: 'a call needs the token of the service that makes it' };
    if (allowed.get(caller)!.has(path)) return undefined;
    return { code: status.PERMISSION_DENIED, details: `${caller} may not call ${path}` };
  };
}

/** Looks at every token whatever it finds, so that the time taken tells nothing. */
function callerOf(metadata: Metadata, tokens: readonly CallerToken[]): Caller | undefined {
  const [authorization] = metadata.get('authorization');
  const [, shown] = /^Bearer (.+)$/.exec(String(authorization ?? '')) ?? [];
  if (shown === undefined) return undefined;
  const sha256 = digest(shown);
  let found: Caller | undefined;
  for (const token of tokens) if (timingSafeEqual(token.sha256, sha256)) found = token.caller;
  return found;
}
