import {
  type UseQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { QueryClient } from '@tanstack/react-query';
import { ApiError, type Query } from './client';
import type { List } from './types';
import { useApi } from './context';

const RETRIES_MAX = 2;

/** A refusal stays one; silence and overload are asked again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < RETRIES_MAX &&
          (!(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429),
        staleTime: 5_000,
        refetchOnWindowFocus: true,
      },
    },
  });
}

type Options<T> = Pick<UseQueryOptions<T, ApiError>, 'enabled' | 'refetchInterval' | 'staleTime'> & {
  readonly keep?: boolean;
};

export function useGet<T>(path: string, query?: Query, options: Options<T> = {}) {
  const { api, scope } = useApi();
  const { keep, ...rest } = options;
  return useQuery<T, ApiError>({
    queryKey: [scope, path, query ?? {}],
    queryFn: ({ signal }) => api.get<T>(path, { query, signal }),
    ...rest,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** A list by its cursor, page after page. */
export function usePages<T>(path: string, query: Query = {}, options: { refetchInterval?: number } = {}) {
  const { api, scope } = useApi();
  const pages = useInfiniteQuery({
    queryKey: [scope, path, query, 'pages'],
    queryFn: ({ signal, pageParam }) =>
      api.get<List<T>>(path, { query: { ...query, starting_after: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.has_more ? (last.next_cursor ?? undefined) : undefined),
    placeholderData: keepPreviousData,
    ...options,
  });
  return { ...pages, error: pages.error as ApiError | null, rows: pages.data?.pages.flatMap((page) => page.data) };
}

/** What may look different is asked for again, by its paths. */
export function useRefresh() {
  const client = useQueryClient();
  return (...paths: readonly string[]) =>
    client.invalidateQueries({
      predicate: ({ queryKey }) => paths.some((path) => String(queryKey[1]).startsWith(path)),
    });
}

/** Something that changes the platform. What may look different afterwards is named by its paths. */
export function useSend<Answer, Input = void>(run: (input: Input) => Promise<Answer>, changes: readonly string[] = []) {
  const refresh = useRefresh();
  return useMutation<Answer, ApiError, Input>({ mutationFn: run, onSuccess: () => refresh(...changes) });
}
