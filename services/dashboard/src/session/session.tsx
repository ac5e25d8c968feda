import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { ApiClient, ApiError, type Environment } from '../api/client';
import { ApiContext } from '../api/context';
import { makeQueryClient } from '../api/queries';
import type { Account, Registered, Role, Session } from '../api/types';
import { onSessionChange, readEnvironment, saveEnvironment, tellSessionChange } from './browser';

export interface Keys {
  readonly live?: string;
  readonly test?: string;
}

/** Who looks: a person with a session, or whoever typed a key, which is then kept in memory and nowhere else. */
export type Signed =
  { readonly kind: 'session'; readonly session: Session } | { readonly kind: 'keys'; readonly account: Account };

interface SessionState {
  readonly signed: Signed | undefined;
  readonly loading: boolean;
  readonly failure: ApiError | undefined;
  /** False where the platform knows keys only. */
  readonly hasSessions: boolean;
  /** Keys that were shown in this visit, for code to copy. */
  readonly keys: Keys;
  readonly registered: Registered | undefined;
  readonly environment: Environment;
  readonly role: Role;
  readonly account: { readonly account_id: string; readonly name: string; readonly plan: string };
  setEnvironment(environment: Environment): void;
  rememberKey(environment: Environment, secret: string): void;
  signInWithKey(secret: string): Promise<void>;
  adopt(session: Session): void;
  register(body: { email: string; password: string; account_name: string }): Promise<void>;
  signOut(): Promise<void>;
  reload(): Promise<void>;
}

const SessionContext = createContext<SessionState | null>(null);
const anonymous = new ApiClient({ kind: 'none' });

export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (!state) throw new Error('useSession is used below SessionProvider only');
  return state;
}

export function environmentOf(secret: string): Environment | undefined {
  const found = /^usv_(live|test)_\S+$/.exec(secret)?.[1];
  return found as Environment | undefined;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [signed, setSigned] = useState<Signed>();
  const [loading, setLoading] = useState(true);
  const [failure, setFailure] = useState<ApiError>();
  const [hasSessions, setHasSessions] = useState(true);
  const [entered, setEntered] = useState<Keys>({});
  const [shown, setShown] = useState<Keys>({});
  const [registered, setRegistered] = useState<Registered>();
  const [environment, chooseEnvironment] = useState<Environment>(readEnvironment);

  const setEnvironment = useCallback((next: Environment) => {
    saveEnvironment(next);
    chooseEnvironment(next);
  }, []);

  const forget = useCallback(() => {
    setSigned(undefined);
    setEntered({});
    setShown({});
    setRegistered(undefined);
  }, []);

  const reload = useCallback(async () => {
    try {
      const session = await anonymous.get<Session>('/v1/auth/session');
      setFailure(undefined);
      setSigned({ kind: 'session', session });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) setHasSessions(false);
      else if (error.status !== 401) setFailure(error);
      if (error.status === 401) forget();
    } finally {
      setLoading(false);
    }
  }, [forget]);

  useEffect(() => {
    void reload();
  }, [reload]);
  // The cookie belongs to the browser: what another tab did to it holds here too.
  useEffect(() => onSessionChange(() => void reload()), [reload]);

  const signInWithKey = useCallback(
    async (secret: string) => {
      const at = environmentOf(secret) ?? 'live';
      const account = await new ApiClient({ kind: 'bearer', secret }).get<Account>('/v1/account');
      setEntered({ [at]: secret });
      setEnvironment(at);
      setSigned({ kind: 'keys', account });
    },
    [setEnvironment],
  );

  const register = useCallback(
    async (body: { email: string; password: string; account_name: string }) => {
      const made = await anonymous.send<Registered>('POST', '/v1/auth/register', { body });
      if (hasSessions) await reload();
      else
        setSigned({
          kind: 'keys',
          account: await new ApiClient({ kind: 'bearer', secret: made.test_key }).get<Account>('/v1/account'),
        });
      setEnvironment('test');
      setEntered({ live: made.live_key, test: made.test_key });
      setRegistered(made);
      tellSessionChange();
    },
    [hasSessions, reload, setEnvironment],
  );

  const adopt = useCallback((session: Session) => {
    setEntered({});
    setShown({});
    setSigned({ kind: 'session', session });
    tellSessionChange();
  }, []);

  const signOut = useCallback(async () => {
    if (signed?.kind === 'session')
      await new ApiClient({ kind: 'cookie', csrfToken: signed.session.csrf_token }).send('POST', '/v1/auth/logout');
    forget();
    tellSessionChange();
  }, [signed, forget]);

  const rememberKey = useCallback(
    (at: Environment, secret: string) => setShown((known) => ({ ...known, [at]: secret })),
    [],
  );
  const keys = useMemo(() => ({ ...entered, ...shown }), [entered, shown]);

  const account = signed?.kind === 'session' ? signed.session.account : signed?.account;
  const accountId = account?.account_id ?? '';
  const secret = entered[environment];
  const csrfToken = signed?.kind === 'session' ? signed.session.csrf_token : undefined;
  const api = useMemo(() => {
    if (csrfToken !== undefined) return new ApiClient({ kind: 'cookie', csrfToken }, environment);
    return new ApiClient(secret === undefined ? { kind: 'none' } : { kind: 'bearer', secret }, environment);
  }, [csrfToken, secret, environment]);
  // A cache per person: the next one starts with none.
  const owner = signed?.kind === 'session' ? `${signed.session.user.id}/${accountId}` : accountId;
  const queries = useMemo(() => makeQueryClient(), [owner]);
  const scope = useMemo(() => ({ api, scope: `${owner}/${environment}` }), [api, owner, environment]);

  const state: SessionState = {
    signed,
    loading,
    failure,
    hasSessions,
    keys,
    registered,
    environment,
    setEnvironment,
    rememberKey,
    signInWithKey,
    adopt,
    register,
    signOut,
    reload,
    role: signed?.kind === 'session' ? signed.session.role : 'owner',
    account: { account_id: accountId, name: account?.name ?? '', plan: account?.plan ?? '' },
  };
  return (
    <SessionContext value={state}>
      <ApiContext value={scope}>
        <QueryClientProvider client={queries}>{children}</QueryClientProvider>
      </ApiContext>
    </SessionContext>
  );
}
