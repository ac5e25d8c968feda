import { resolve } from 'node:path';
import { databaseNow, EventLog, openDatabase, verifyLog } from '@usvideo/event-store';
import { startEmbeddedPostgres } from '@usvideo/servers';
import { reconcile } from '@usvideo/scheduler';
import { readStandaloneConfig } from './config';
import { type ServiceWithEvents, unheardAnywhere } from './state/delivery-audit.client';
import { StateDirectory } from './state/state.store';

const SERVICES = ['accounts', 'ledger', 'scheduler', 'webhooks'] as const satisfies ServiceWithEvents[];
/** A stopped platform may have been stopped before an event was heard; the next start hears it. */
const DELIVERY_AUDIT_MS = 10 * 60_000;

/**
 * `npm run reconcile`: the services of a stopped platform compared with each other: every job with its money, every log with those
 * who hear it. A running platform answers the first on its admin port.
 */
async function main(): Promise<void> {
  const state = new StateDirectory(resolve(readStandaloneConfig().DATA_DIR));
  await state.lock({ waitMs: 0, announce: () => undefined });
  const postgres = await startEmbeddedPostgres({ dataDir: state.file('postgres'), port: 0, durable: true });
  try {
    const databases = Object.fromEntries(SERVICES.map((name) => [name, open(postgres.url(name))])) as Record<
      ServiceWithEvents,
      ReturnType<typeof open>
    >;
    const differences: string[] = [];
    for (const name of SERVICES)
      differences.push(...(await verifyLog(databases[name])).differences.map((difference) => `${name}: ${difference}`));
    // Nothing is under way where nothing runs.
    const report = await reconcile(
      new EventLog(databases.scheduler),
      new EventLog(databases.ledger),
      await databaseNow(databases.scheduler),
    );
    differences.push(...report.differences, ...(await unheardAnywhere(databases, DELIVERY_AUDIT_MS)));
    await Promise.all(Object.values(databases).map((database) => database.end()));
    console.log(`${report.jobsChecked} jobs and ${report.holdsChecked} holds`);
    for (const difference of differences) console.log(`  ${difference}`);
    console.log(differences.length === 0 ? 'no difference' : `${differences.length} differences`);
    process.exitCode = differences.length === 0 ? 0 : 1;
  } finally {
    await postgres.stop();
    state.unlock();
  }
}

function open(url: string) {
  return openDatabase({ url, poolSize: 2, applicationName: 'reconcile' }, (error) => console.error(error.message));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
