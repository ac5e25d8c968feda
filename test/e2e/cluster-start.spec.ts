import { describeOwnKafka } from '@usvideo/testing';
import { Cluster } from './platform';
import { isRunning } from './processes';
import { START_TIMEOUT_MS } from './stage';

/** A start that does not come to its end. */
describeOwnKafka('a cluster that is being started', () => {
  let cluster: Cluster;
  afterEach(() => cluster.dispose(), START_TIMEOUT_MS);

  const left = () => cluster.parts.flatMap(({ pid }) => (pid !== undefined && isRunning(pid) ? [pid] : []));

  it(
    'is stopped on its way, leaves nothing behind, and starts again on what is there',
    async () => {
      cluster = Cluster.prepared();
      await cluster.launchUntil('Starting accounts', START_TIMEOUT_MS);
      expect(await cluster.end('SIGINT')).toBe(130);
      expect(cluster.log).toContain('Stopped before it served');
      expect(cluster.log).not.toContain('✘');
      expect(left()).toEqual([]);
      await cluster.start();
      expect(cluster.parts.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => 'serving'));
    },
    2 * START_TIMEOUT_MS,
  );

  it(
    'that fails tells which service refuses which setting, once, and leaves nothing behind',
    async () => {
      cluster = Cluster.prepared({ LEASE_MS: 'long' });
      await expect(cluster.start()).rejects.toThrow(
        /the platform ended with 1:[^]*✘ scheduler ended with code 1 while it started[^]*\n {2}LEASE_MS: /,
      );
      expect(cluster.log).not.toContain('starts again');
      expect(left()).toEqual([]);
    },
    START_TIMEOUT_MS,
  );
});
