import { addAccount, addJobs, openWorld, type World } from '../../test/dispatch-world';
import {
  announceArtifact,
  announceUpload,
  claimArtifactDeletions,
  deleteArtifacts,
  expireUploads,
  forgetArtifacts,
} from './artifact-deletions.sql';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const claim = (limit = 500) => claimArtifactDeletions(world.database, limit);
const pass = (interval: string) =>
  world.database.query(`update artifact_deletion set due_at = due_at - interval '${interval}'`);

describe('a file of an order', () => {
  it('is to be deleted when no job was made of the order in an hour', async () => {
    await announceArtifact(world.database, 'inputs/acc_1/a');
    await pass('59 minutes');
    expect(await claim()).toEqual([]);
    await pass('1 minute');
    expect(await claim()).toEqual(['inputs/acc_1/a']);
  });

  it('is kept with the job that was made of it', async () => {
    const content = {
      prompt: 'a lighthouse',
      metadata: new Map(),
      firstFrame: 'sha256:ab',
      firstFrameKey: 'inputs/acc_1/b',
    };
    for (const key of ['inputs/acc_1/b', 'inputs/acc_1/of-another-order']) await announceArtifact(world.database, key);
    await addJobs(world.database, await addAccount(world.database), 1, { content });
    await pass('2 hours');
    expect(await claim()).toEqual(['inputs/acc_1/of-another-order']);
  });
});

describe('an upload', () => {
  it('is to be deleted when its time is over, whatever jobs began with it', async () => {
    await announceUpload(world.database, 'inputs/acc_1/live-file_1', 'acc_1', 2 * 3_600_000);
    await pass('119 minutes');
    expect(await claim()).toEqual([]);
    await pass('1 minute');
    expect(await claim()).toEqual(['inputs/acc_1/live-file_1']);
  });

  it("is to be deleted when its account ends, and nobody else's is", async () => {
    for (const accountId of ['acc_1', 'acc_10'])
      await announceUpload(world.database, `inputs/${accountId}/live-file_1`, accountId, 3_600_000);
    await announceArtifact(world.database, 'inputs/acc_1/of-an-order');
    await expireUploads(world.database, 'acc_1');
    expect(await claim()).toEqual(['inputs/acc_1/live-file_1']);
  });
});

describe('a deletion', () => {
  it('is given to one at a time, again after a minute, and not once it is done', async () => {
    await deleteArtifacts(world.database, ['videos/job_1/1.mp4', 'videos/job_1/1.jpg']);
    await deleteArtifacts(world.database, ['videos/job_1/1.mp4']);
    await pass('1 minute');
    const given = await Promise.all([claim(1), claim(1), claim(1)]);
    expect(given.flat().sort()).toEqual(['videos/job_1/1.jpg', 'videos/job_1/1.mp4']);
    expect(await claim()).toEqual([]);
    await forgetArtifacts(world.database, ['videos/job_1/1.mp4']);
    await pass('1 minute');
    expect(await claim()).toEqual(['videos/job_1/1.jpg']);
  });
});
