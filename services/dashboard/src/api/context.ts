import { createContext, useContext } from 'react';
import type { ApiClient } from './client';

export interface ApiScope {
  readonly api: ApiClient;
  /** Who looks at which environment: part of every cache key, so that one never sees the other's. */
  readonly scope: string;
}

export const ApiContext = createContext<ApiScope | null>(null);

export function useApi(): ApiScope {
  const scope = useContext(ApiContext);
  if (!scope) throw new Error('useApi is used below a session only');
  return scope;
}
