import { resolve } from 'node:path';
import { createLogger, onStopSignal, type Running } from '@usvideo/runtime';
import { readStandaloneConfig, type StandaloneConfig } from './config';
import { stopWithLauncher } from './state/launcher.process';
import { logToFile } from './state/log-file.process';
import { startStandalone } from './standalone.module';

/** `npm start`: serve until the terminal or the supervisor says stop. */
async function main(args: readonly string[]): Promise<void> {
  const config = readStandaloneConfig();
  const starting = process.stdout.isTTY === true ? serveAtTerminal(config) : serveUnderSupervisor(config);
  // A start under way is waited for, so that nothing of it is left running; one that fails stops what it started by itself.
  const stop = onStopSignal(
    () =>
      void starting.then(
        (serving) => serving.stop(),
        () => undefined,
      ),
    () => process.exit(130),
  );
  stopWithLauncher(args, () => stop('the end of its launcher'));
  await starting;
}

/** A person reads what to call; the log goes to a file. */
async function serveAtTerminal(config: StandaloneConfig): Promise<Running> {
  const log = logToFile(resolve(config.DATA_DIR, 'logs'), 'platform', config.LOG_LEVEL);
  const standalone = await startStandalone(config, { log: log.of, announce: (step) => console.log(`• ${step}`) });
  console.log(`
Serving. Ctrl-C stops it; the next start goes on with the same data.

  dashboard   ${standalone.apiUrl}/dashboard
  API         ${standalone.apiUrl}         (reference: ${standalone.apiUrl}/docs)
  console     ${standalone.adminUrl}/console
  operators   ${standalone.adminUrl}/admin/v1/accounts
  health      ${standalone.opsUrl}/readyz   (metrics: /metrics)
  keys        ${resolve(config.DATA_DIR)}/credentials.json
  log         ${log.file}
`);
  return {
    stop: async () => {
      console.log('Stopping …');
      await standalone.stop();
    },
  };
}

/** Whoever collects the log reads it from standard output. */
async function serveUnderSupervisor(config: StandaloneConfig): Promise<Running> {
  const log = (service: string) => createLogger(service, config.LOG_LEVEL);
  const logger = log('standalone');
  const standalone = await startStandalone(config, { log, announce: (step) => logger.info(step) });
  logger.info(
    { api: standalone.apiUrl, admin: standalone.adminUrl, operations: standalone.opsUrl },
    `serving; keys are in ${config.DATA_DIR}/credentials.json`,
  );
  return {
    stop: async () => {
      logger.info('stopping');
      await standalone.stop();
    },
  };
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
