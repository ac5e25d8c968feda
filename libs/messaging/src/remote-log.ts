import type { EventLogServiceClient } from '@usvideo/contracts/events';
import type { EpochEnd, LogPage, RestorableLog } from '@usvideo/event-store';
import { call } from '@usvideo/runtime';

/** The log of a publisher in another process, by its `EventLogService`. */
export function remoteLog(client: EventLogServiceClient, topic: string): RestorableLog {
  return {
    async page(positions, limit): Promise<LogPage> {
      const pages = await Promise.all(
        [...positions].map(([shard, afterSeq]) => call(client, 'readEvents', { topic, shard, afterSeq, limit })),
      );
      const epochs = new Set(pages.map(({ epoch }) => epoch));
      if (epochs.size !== 1) throw new Error(`${topic} changed its epoch while it was read`);
      return {
        epoch: pages[0]!.epoch,
        events: pages.flatMap(({ events }) => events.map((event) => ({ ...event, recordedAt: event.recordedAt! }))),
        more: new Set(
          pages.filter(({ more }) => more).flatMap(({ events }) => events.slice(-1).map(({ shard }) => shard)),
        ),
      };
    },
    async endOf(epoch, shard): Promise<EpochEnd | undefined> {
      return (await call(client, 'readEpochEnd', { topic, epoch, shard })).end;
    },
  };
}
