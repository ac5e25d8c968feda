import { resolve } from 'node:path';
import { openDatabase } from '@usvideo/event-store';
import { LedgerVerifier, SigningKey } from '@usvideo/ledger';
import { startEmbeddedPostgres } from '@usvideo/servers';
import { readStandaloneConfig } from './config';
import { StateDirectory } from './state/state.store';

/**
 * `npm run ledger:verify [-- ROOT]`: the ledger of a stopped platform, re-derived from its events, and its signed roots; ROOT is one, in
 * hex, that was kept outside. A running platform answers the same on its admin port.
 */
async function main(): Promise<void> {
  const config = readStandaloneConfig();
  const state = new StateDirectory(resolve(config.DATA_DIR));
  await state.lock({ waitMs: 0, announce: () => undefined });
  const postgres = await startEmbeddedPostgres({ dataDir: state.file('postgres'), port: 0, durable: true });
  try {
    await postgres.createDatabase('ledger');
    const database = openDatabase({ url: postgres.url('ledger'), poolSize: 2, applicationName: 'verify' }, (error) =>
      console.error(error.message),
    );
    const key = new SigningKey(Buffer.from(config.LEDGER_SIGNING_KEY ?? state.secrets().ledgerSigningKey, 'base64'));
    const report = await new LedgerVerifier(database, [key.publicKey]).verify(process.argv[2] ?? '');
    await database.end();
    console.log(`${report.eventsChecked} events, postings sum to ${report.postingsSumMicros} micro-dollars`);
    console.log(
      `${report.rootsChecked} signed roots, the last of ${report.lastRootAt?.toISOString() ?? 'never'}; public key ${key.publicKey.toString('base64')}`,
    );
    for (const difference of report.differences) console.log(`  ${difference}`);
    console.log(report.differences.length === 0 ? 'no difference' : `${report.differences.length} differences`);
    process.exitCode = report.differences.length === 0 ? 0 : 1;
  } finally {
    await postgres.stop();
    state.unlock();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
