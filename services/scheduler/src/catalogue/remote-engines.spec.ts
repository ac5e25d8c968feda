import type { CatalogueModel } from '@usvideo/runtime';
import { TEST_PICTURE } from './models';
import { ownWorkers, remoteCostMicros, remoteWorkers } from './remote-engines';

const model = (id: string, engines: CatalogueModel['engines']): CatalogueModel => ({
  ...TEST_PICTURE,
  id,
  job_class: id,
  engines,
  remote_cost: { '480p': 40_000n },
});
const models = [model('house', 'own'), model('both', 'own_then_remote'), model('hosted', 'remote')];
const jobClasses = ['house', 'both', 'hosted'];
const own = { workerId: 'wrk_own', engine: 'e', jobClasses, freeSlots: 1 };
const remote = { ...own, workerId: 'wrk_remote', remote: true };
const classesOf = (workers: readonly { readonly workerId: string; readonly jobClasses: readonly string[] }[]) =>
  workers.map(({ workerId, jobClasses: served }) => [workerId, ...served]);

it('keeps from each engine what is not for it', () => {
  expect(classesOf(ownWorkers(models, [own, remote]))).toEqual([['wrk_own', 'house', 'both']]);
  expect(classesOf(remoteWorkers(models, [own, remote], new Set()))).toEqual([['wrk_remote', 'hosted']]);
  expect(classesOf(remoteWorkers(models, [own, remote], new Set(['house', 'both'])))).toEqual([
    ['wrk_remote', 'both', 'hosted'],
  ]);
});

it('gives hosted engines nothing of a class that the catalogue does not know, such as the sandbox', () => {
  const sandbox = { ...remote, jobClasses: ['sandbox'] };
  expect(remoteWorkers(models, [sandbox], new Set(['sandbox']))).toEqual([]);
  expect(classesOf(ownWorkers(models, [{ ...own, jobClasses: ['sandbox'] }]))).toEqual([['wrk_own', 'sandbox']]);
});

it('knows what an attempt costs, or that nobody has said it', () => {
  const terms = {
    model: 'both',
    mode: 'text_to_video',
    resolution: '480p',
    aspectRatio: '',
    durationSeconds: 5,
    seed: 1,
  };
  expect(remoteCostMicros(models, terms)).toBe(200_000n);
  expect(remoteCostMicros(models, { ...terms, resolution: '720p' })).toBeUndefined();
  expect(remoteCostMicros(models, { ...terms, model: 'other' })).toBeUndefined();
});
