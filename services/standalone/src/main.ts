import { createLogger } from '@usvideo/runtime';
import { readStandaloneConfig } from './config';
import { startStandalone } from './standalone.module';

/** `npm start`: serve until the terminal or the supervisor says stop. */
async function main(): Promise<void> {
  const config = readStandaloneConfig();
  const log = (service: string) => createLogger(service, config.LOG_LEVEL);
  const logger = log('standalone');
  const standalone = await startStandalone(config, { log, announce: (step) => logger.info(step) });
  const stop = once(async () => {
    logger.info('stopping');
    await standalone.stop();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  logger.info({ api: standalone.apiUrl, admin: standalone.adminUrl, operations: standalone.opsUrl }, `serving; keys are in ${config.DATA_DIR}/credentials.json`);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
