import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@usvideo/runtime';
import { destination } from 'pino';
import { Commands } from './cluster/commands';
import { ONE_EACH, REPLICAS } from './cluster/plan';
import { type Cluster, startCluster } from './cluster/start-cluster';
import { type StandaloneConfig, readStandaloneConfig } from './config';

const PARENT_LOOK_MS = 500;

/** `npm run cluster`: every service a process of its own, until the terminal or the supervisor says stop. */
async function main(args: readonly string[]): Promise<void> {
  const config = readStandaloneConfig();
  const stopping = new AbortController();
  let running: Cluster | undefined = undefined;
  const quit = () => {
    // Asked a second time, it goes at once; the parts notice the end of their pipe and stop by themselves.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new Error('stopped before it served'));
    if (running !== undefined) void end(running);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, quit);
  if (args.includes('--stop-with-parent')) stopWithParent(quit);
  const output = { log: logInto(config), announce: (step: string) => console.log(`• ${step}`) };
  const cluster = await startCluster(config, { counts: args.includes('--replicas') ? REPLICAS : ONE_EACH }, output, stopping.signal);
  running = cluster;
  const commands = new Commands(cluster.parts, (text) => console.log(text), quit);
  console.log(`\n${commands.status()}\n\n${words(cluster)}`);
  commands.listen(process.stdin);
}

async function end(cluster: Cluster): Promise<void> {
  console.log('• Stopping');
  await cluster.stop();
  console.log('• Stopped');
  process.exit(0);
}

/** A launcher that was killed cannot say so: its child finds itself with another parent. */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    stop();
  }, PARENT_LOOK_MS).unref();
}

function logInto(config: StandaloneConfig) {
  const folder = join(config.DATA_DIR, 'cluster', 'logs');
  mkdirSync(folder, { recursive: true });
  const file = destination(join(folder, 'cluster.log'));
  return (service: string) => createLogger(service, config.LOG_LEVEL, file);
}

function words({ apiUrl, credentials, stateDir }: Cluster): string {
  return `The cluster is serving on ${apiUrl}
  try         curl -s ${apiUrl}/v1/videos -H 'Authorization: Bearer ${credentials.test_key}' \\
                -H 'Content-Type: application/json' -d '{"prompt":"a calm sea at dawn"}'
  all keys    ${join(stateDir, 'credentials.json')}
  logs        ${join(stateDir, 'logs')}
  outages     type "stop ledger", "start ledger", "status" or "help" here
  stop        Ctrl-C`;
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(`\n✘ ${error.message}`);
  process.exit(1);
});
