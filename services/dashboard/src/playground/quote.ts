import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ApiError } from '../api/client';
import { useApi } from '../api/context';
import type { Quote } from '../api/types';

/** The platform's own price of these terms, asked again before it expires. */
export function useQuote(terms: string) {
  const { api, scope } = useApi();
  return useQuery<Quote, ApiError>({
    queryKey: [scope, '/v1/quotes', terms],
    queryFn: ({ signal }) => api.send<Quote>('POST', '/v1/quotes', { body: JSON.parse(terms), signal }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}
