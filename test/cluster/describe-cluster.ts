import { spawnSync } from 'node:child_process';
import { absent } from '@usvideo/testing';

const ANSWER_MS = 20_000;
const IMAGE = 'us-video-api/gateway:cluster-test';

/** A group of tests on the cluster that KUBECONFIG names. Where there is none, or what they need besides, they are counted as skipped, aloud. */
export function describeCluster(name: string, tests: () => void, alsoMissing?: string): void {
  const missing = missingForCluster() ?? alsoMissing;
  if (missing === undefined) return describe(name, tests);
  absent(name, missing, { failsInCi: false });
}

function missingForCluster(): string | undefined {
  if (process.env.CLUSTER_TEST !== 'true' && process.env.CI !== 'true')
    return '`npm run cluster:test` was not asked for';
  if (process.env.KUBECONFIG === undefined) return 'KUBECONFIG names no cluster';
  for (const program of ['kubectl', 'helm'])
    if (!succeeds(program, program === 'helm' ? ['version'] : ['version', '--client']))
      return `${program} is not on the PATH`;
  if (!succeeds('kubectl', ['get', 'nodes'])) return 'the cluster of KUBECONFIG does not answer';
  const { stdout } = spawnSync(
    'kubectl',
    ['get', 'nodes', '--output', 'jsonpath={.items[*].status.images[*].names[*]}'],
    { encoding: 'utf8', timeout: ANSWER_MS },
  );
  return stdout.includes(IMAGE)
    ? undefined
    : `no node has ${IMAGE}: build the images with test/cluster/images.sh cluster-test, and load them`;
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: ANSWER_MS }).status === 0;
}
