import { describeOwnKafka } from '@usvideo/testing';
import { STRIPE } from './billing';
import { operating } from './operating';
import { outages, SHORT_LEASE } from './outage';
import { Cluster } from './platform';
import { anyReplica } from './replicas';
import { rolling } from './rolling';
import { ownAccount, START_TIMEOUT_MS } from './stage';
import { endToEnd, FROM_ANOTHER_PROCESS } from './suite';

/** What holds in one process holds when every service is a process of its own, and several of them: the same tests, on one cluster. */
describeOwnKafka('in a cluster', () => {
  let cluster: Cluster;
  const platform = () => cluster;

  beforeAll(async () => {
    cluster = await Cluster.start({ ...STRIPE, ...SHORT_LEASE }, ['--replicas']);
  }, START_TIMEOUT_MS);
  afterAll(() => cluster?.dispose(), START_TIMEOUT_MS);

  endToEnd(platform, FROM_ANOTHER_PROCESS);
  anyReplica(platform, ownAccount(platform));
  rolling(platform, ownAccount(platform));
  outages(platform);
  operating(platform);
});
