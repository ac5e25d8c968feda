import { SchedulerServiceService } from '@usvideo/contracts/scheduler';
import { askEverything, type AskedService } from '@usvideo/testing';
import { newAccount, startWorld, type SchedulerWorld } from '../../test/scheduler-world';

let world: SchedulerWorld;
let service: AskedService;
beforeAll(async () => {
  world = await startWorld();
  service = { definition: SchedulerServiceService as unknown as AskedService['definition'], client: world.client };
});
afterAll(() => world.close());

const isRead = (call: string) => /^(get|list)/.test(call);
/** It does not end for a job that is the caller's. */
const ends = (call: string) => call !== 'watchJob';

describe('a stranger, and the other environment', () => {
  it('learns nothing of a job and changes nothing of it, whatever is asked', async () => {
    const accountId = newAccount();
    world.ledger.fund(accountId, 10_000_000n);
    const { jobId } = await world.create({
      accountId,
      content: { prompt: 'a secret lighthouse', metadata: new Map(), endUser: 'ada' },
    });
    const known = { environment: 'live', jobId, jobIds: [jobId], startingAfter: jobId, limit: 10, statuses: [] };
    // An estimate may be another from one look at the fleet to the next.
    const own = async () => {
      const { given } = await askEverything(
        service,
        { ...known, accountId, startingAfter: '' },
        (call) => isRead(call) && ends(call),
      );
      return new Map([...given].map(([call, answer]) => [call, answer.replaceAll(/eta_seconds[^,]*,/g, '')]));
    };
    const before = await own();
    expect([...before.keys()]).toEqual(expect.arrayContaining(['getJob', 'listJobs', 'getLimits', 'listEndUsers']));
    expect(before.get('getJob')).toContain('a secret lighthouse');
    for (const stranger of [{ accountId: newAccount() }, { accountId, environment: 'test' }]) {
      // What names no environment is about the whole account.
      const isMeant = (call: string, request: object) =>
        ends(call) && (stranger.accountId !== accountId || 'environment' in request);
      const { given, refused } = await askEverything(service, { ...known, ...stranger }, isMeant);
      expect(given.size + refused.size).toBeGreaterThan(6);
      expect(
        [...given].filter(([, answer]) => /secret lighthouse|"ada"/.test(answer) || answer.includes(jobId)),
      ).toEqual([]);
      expect([...refused].filter(([, reason]) => /^(2|13) /.test(reason))).toEqual([]);
      expect(await own()).toEqual(before);
    }
  });
});
