import pg from 'pg';
import { startLoop, type Logger, type Running } from '@usvideo/runtime';
import { WAKE_CHANNEL } from './dispatch-wake';

const LOOK_AFTER_MS = 5_000;

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
    const fresh = new pg.Client({ connectionString: databaseUrl, application_name: 'scheduler-wake', keepAlive: true });
    fresh.on('notification', ({ payload }) => onWake(payload ?? ''));
    fresh.on('error', (error) => logger.warn({ err: error }, 'wake-ups of other replicas are not heard for a moment'));
    fresh.on('end', () => { if (client === fresh) client = undefined; });
    await fresh.connect();
    await fresh.query(`listen ${WAKE_CHANNEL}`);
    client = fresh;
  };
  const loop = startLoop({ name: 'wake-listener', everyMs: LOOK_AFTER_MS, work: connect, logger, backOffMaxMs: 5_000 });
  return {
    stop: async () => {
      await loop.stop();
      await client?.end();
    },
  };
}
