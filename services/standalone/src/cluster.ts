import { join, relative } from 'node:path';
import { onStopSignal } from '@usvideo/runtime';
import { Commands } from './cluster/commands';
import { ONE_EACH, REPLICAS } from './cluster/plan';
import { type Cluster, startCluster } from './cluster/start-cluster';
import { type StandaloneConfig, readStandaloneConfig } from './config';
import { stopWithLauncher } from './state/launcher.process';
import { logToFile } from './state/log-file.process';

/** `npm run cluster`: every service a process of its own, until the terminal or the supervisor says stop. */
async function main(args: readonly string[]): Promise<void> {
  const config = readStandaloneConfig();
  const stopping = new AbortController();
  let running: Cluster | undefined = undefined;
  const quit = onStopSignal(
    (reason) => {
      console.log(`• Stopping (${reason}); asked again, it ends at once`);
      stopping.abort(new Error(`stopped (${reason}) before it served`));
      if (running !== undefined) void end(running);
      // The parts notice the end of their pipe and stop by themselves.
    },
    () => process.exit(130),
  );
  stopWithLauncher(args, () => quit('the end of its launcher'));
  const output = {
    log: logToFile(join(config.DATA_DIR, 'cluster', 'logs'), 'cluster', config.LOG_LEVEL).of,
    announce: (step: string) => console.log(`• ${step}`),
  };
  const cluster = await startCluster(
    config,
    { counts: args.includes('--replicas') ? REPLICAS : ONE_EACH },
    output,
    stopping.signal,
  ).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
    console.log('• Stopped before it served');
    process.exit(130);
  });
  running = cluster;
  const commands = new Commands(
    cluster.parts,
    (text) => console.log(text),
    () => quit('"quit"'),
  );
  console.log(`\n${commands.status()}\n\n${words(cluster, config)}`);
  commands.listen(process.stdin);
}

async function end(cluster: Cluster): Promise<void> {
  await cluster.stop();
  console.log('• Stopped');
  process.exit(0);
}

/** Paths are relative where people type: shorter, and the commands work as they stand. */
function words({ apiUrl, adminUrl, parts, stateDir }: Cluster, { PORT: wanted }: StandaloneConfig): string {
  const path = (file: string) => {
    const near = relative('', join(stateDir, file));
    return near.startsWith('..') ? join(stateDir, file) : `./${near}`;
  };
  const others = parts.filter(({ name }) => /^gateway-[^1]/.test(name)).map((part) => part.row().address);
  const moved = wanted === 0 || apiUrl.endsWith(`:${wanted}`) ? '' : ` (${wanted} is taken)`;
  return `The cluster is serving on ${[apiUrl, ...others].join(' and ')}${moved} after ${process.uptime().toFixed(1)} s
  try         export KEY=$(node -p "require('${path('credentials.json')}').test_key")
              curl -s ${apiUrl}/v1/videos -H "Authorization: Bearer $KEY" \\
                -H 'Content-Type: application/json' -d '{"prompt":"a calm sea at dawn"}'
  operators   ${adminUrl}/admin/v1/accounts (admin_token in the same file)
  logs        ${path('logs')}
  outages     type "stop ledger", "start ledger", "status" or "help" here
  stop        Ctrl-C`;
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(`\n✘ ${error.message}`);
  process.exit(1);
});
