import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError } from '../api/client';
import { useApi } from '../api/context';
import { useGet } from '../api/queries';
import type { JobStatus, Video } from '../api/types';

const RECONNECT_MS = 2_000;
const RECONNECT_MAX_MS = 20_000;

export function hasEnded(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** One job, kept as the platform's event stream tells it until it ends. */
export function useVideo(id: string) {
  const { api, scope } = useApi();
  const client = useQueryClient();
  const path = `/v1/videos/${encodeURIComponent(id)}`;
  const query = useGet<Video>(path, undefined, { enabled: id !== '' });
  const follows = query.data !== undefined && !hasEnded(query.data.status);
  useEffect(() => {
    if (!follows) return;
    const stop = new AbortController();
    const take = (video: Video) => client.setQueryData([scope, path, {}], video);
    void follow(stop.signal, async (lastEventId) => {
      for await (const { id: eventId, data } of api.events(`${path}/events`, {
        signal: stop.signal,
        headers: lastEventId ? { 'last-event-id': lastEventId } : {},
      })) {
        const video = JSON.parse(data) as Video;
        take(video);
        lastEventId = eventId;
        if (hasEnded(video.status))
          void client.invalidateQueries({
            predicate: ({ queryKey }) => ['/v1/balance', '/v1/videos', '/v1/ledger'].includes(String(queryKey[1])),
          });
      }
      return lastEventId;
    });
    return () => stop.abort();
  }, [api, client, follows, path, scope]);
  return query;
}

/** Opens the stream again after it broke, each time a little later, until `signal` says that it has ended. */
async function follow(signal: AbortSignal, listen: (lastEventId: string) => Promise<string>): Promise<void> {
  let lastEventId = '';
  for (let delayMs = RECONNECT_MS; !signal.aborted; delayMs = Math.min(delayMs * 2, RECONNECT_MAX_MS)) {
    try {
      lastEventId = await listen(lastEventId);
    } catch (error) {
      if (signal.aborted || (error instanceof ApiError && error.status >= 400 && error.status < 429)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
