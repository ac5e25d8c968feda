import { rmSync } from 'node:fs';
import { absent, describeOwnKafka } from '@usvideo/testing';
import { Drill, DRILLS_IN_FULL } from './drill';
import { ServerBackup } from './server-backup';
import { START_TIMEOUT_MS } from './stage';

const STEP_TIMEOUT_MS = 400_000;
/** What an asynchronous standby lacks at least. */
const COMMITS_LOST_MIN = 100;

/** `docs/operations/backup.md`, followed for all databases at once and for Kafka. Each test goes on from the one before. */
describeOwnKafka('a platform that lost what it stands on', () => {
  let drill: Drill;
  let backup: ServerBackup;

  beforeAll(async () => {
    drill = await Drill.start();
    backup = new ServerBackup(drill.cluster);
    await backup.archiveFromHereOn();
  }, START_TIMEOUT_MS + STEP_TIMEOUT_MS);
  afterAll(async () => {
    await drill?.stop();
    backup?.dispose();
  }, START_TIMEOUT_MS);

  const answers = (jobs: readonly Parameters<Drill['answerFor']>[0][]) =>
    Promise.all(jobs.map((job) => drill.answerFor(job)));
  const transaction = async () => BigInt(await drill.cluster.ask('scheduler', 'select pg_current_xact_id()::text'));

  it(
    'is brought back to a moment between two backups, while Kafka remembers more',
    async () => {
      const copied = await drill.finished('in the copy');
      await backup.copy();
      const archived = await drill.finished('in the archive');
      await backup.mark('moment');
      const after = await drill.finished('after the moment');
      await drill.services('stop');
      await drill.cluster.stopPart('postgres');
      await backup.bringBack('moment');
      expect(await drill.renewEpochs()).toBeGreaterThan(0);
      await drill.services('start');
      await drill.finished('once it was brought back');
      expect(await answers([copied, archived, after])).toEqual([200, 200, 404]);
      await drill.expectWhole();
      // What was delivered in the last moment may not be known to be, and is told again under the same id.
      for (const prompt of ['in the copy', 'in the archive', 'after the moment', 'once it was brought back'])
        expect([prompt, new Set(drill.told(prompt)).size]).toEqual([prompt, 1]);
    },
    STEP_TIMEOUT_MS,
  );

  it(
    'tells again from its tables what Kafka lost, to the last event',
    async () => {
      const before = await drill.finished('while Kafka was there');
      await drill.cluster.stopPart('kafka');
      const meanwhile = await drill.stage.live.ended(await drill.ordered('while Kafka was away'));
      expect(meanwhile.status).toBe('completed');
      rmSync(drill.cluster.inState('kafka', 'log'), { recursive: true });
      await drill.cluster.startPart('kafka');
      await drill.heard('while Kafka was away');
      await drill.finished('on an empty Kafka');
      expect([await drill.answerFor(before), new Set(drill.told('while Kafka was there')).size]).toEqual([200, 1]);
      await drill.expectWhole();
    },
    STEP_TIMEOUT_MS,
  );

  if (DRILLS_IN_FULL)
    it(
      'goes on with a standby that lacks the last commits of a server that was killed',
      async () => {
        await backup.archiveFromHereOn();
        await backup.copy();
        const shipped = await drill.finished('shipped to the standby');
        await backup.mark('shipped');
        await backup.cutOff();
        const before = await transaction();
        const lost = await drill.finished('not shipped');
        for (let number = 1; (await transaction()) - before < COMMITS_LOST_MIN; number++)
          await drill.finished(`not shipped either ${number}`);
        await drill.cluster.type('kill postgres');
        await drill.services('stop');
        await drill.cluster.stopPart('postgres');
        await backup.bringBack();
        expect(await drill.renewEpochs()).toBeGreaterThan(0);
        await drill.services('start');
        await drill.finished('once the standby was promoted');
        expect(await answers([shipped, lost])).toEqual([200, 404]);
        await drill.expectWhole();
      },
      STEP_TIMEOUT_MS,
    );
  else absent('the promotion of an asynchronous standby', '`npm run drills` was not asked for', { failsInCi: false });
});
