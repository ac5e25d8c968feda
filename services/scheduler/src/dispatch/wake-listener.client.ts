import pg from 'pg';
import { startLoop, type Logger, type Running } from '@usvideo/runtime';
import { WAKE_CHANNEL } from './dispatch-wake.sql';

const LOOK_AFTER_MS = 5_000;
const CONNECT_WITHIN_MS = 5_000;

export interface WakeListenerOptions {
  readonly databaseUrl: string;
  readonly onWake: (jobClass: string) => void;
  readonly logger: Logger;
}

/** Hears from other replicas that a queue got work. Only a hint: while the connection is down the dispatcher's floor finds the work. */
export function listenForWakes({ databaseUrl, onWake, logger }: WakeListenerOptions): Running {
  let client: pg.Client | undefined;
  const connect = async (): Promise<void> => {
    if (client !== undefined) return;
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'scheduler-wake',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: CONNECT_WITHIN_MS,
    });
    fresh.on('notification', ({ payload }) => onWake(payload ?? ''));
    fresh.on('error', (error) => logger.warn({ err: error }, 'wake-ups of other replicas are not heard for a moment'));
    fresh.on('end', () => {
      if (client === fresh) client = undefined;
    });
    try {
      await fresh.connect();
      await fresh.query(`listen ${WAKE_CHANNEL}`);
    } catch (error) {
      // It never rejects, and on a connection that is gone without a word it may take for ever.
      void fresh.end();
      throw error;
    }
    client = fresh;
  };
  const loop = startLoop({ name: 'wake-listener', everyMs: LOOK_AFTER_MS, work: connect, logger });
  return {
    stop: async () => {
      await loop.stop();
      await client?.end();
    },
  };
}
