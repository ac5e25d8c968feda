import { describeOwnKafka } from '@usvideo/testing';
import { operating } from './operating';
import { Cluster } from './platform';
import { anyReplica } from './replicas';
import { theSandbox } from './sandbox';
import { ownAccount, SIGNUP_CREDIT, START_TIMEOUT_MS } from './stage';
import { cancelling } from './videos-cancel';
import { idempotency } from './videos-idempotency';
import { lifeOfAVideo } from './videos-lifecycle';

/** What holds in one process holds when every service is a process of its own, and several of them: the same tests, on one cluster. */
describeOwnKafka('in a cluster', () => {
  let cluster: Cluster;
  const platform = () => cluster;

  beforeAll(async () => { cluster = await Cluster.start(SIGNUP_CREDIT, ['--replicas']); }, START_TIMEOUT_MS);
  afterAll(() => cluster?.dispose(), START_TIMEOUT_MS);

  idempotency(ownAccount(platform));
  theSandbox(ownAccount(platform));
  cancelling(ownAccount(platform), 5);
  // Another replica than the worker's reads progress from the lease row, which is written once a second.
  lifeOfAVideo(ownAccount(platform), 3);
  anyReplica(platform, ownAccount(platform));
  operating(platform);
});
