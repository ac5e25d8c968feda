import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIALECTS, isRejection, readEngineJob, readListedJobs } from './dialect';

interface Transcript {
  readonly dialect: keyof typeof DIALECTS;
  readonly engine: string;
  readonly version: string;
  readonly source: string;
  readonly read: string;
  readonly exchanges: readonly {
    readonly what: string;
    readonly request: {
      readonly method: string;
      readonly path: string;
      readonly type?: string;
      readonly fields?: readonly string[];
    };
    readonly response: { readonly status: number; readonly body?: unknown };
    readonly means?: unknown;
  }[];
}

const folder = join(__dirname, '../../../../libs/testing/transcripts');
const transcripts = readdirSync(folder).map(
  (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Transcript,
);

describe('dialects', () => {
  it('have a transcript each, which says where it was read', () => {
    expect(transcripts.map(({ dialect }) => dialect).sort()).toEqual(Object.keys(DIALECTS).sort());
    for (const { engine, version, source, read } of transcripts) {
      expect([engine, version, source].every((text) => text.length > 0)).toBe(true);
      expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  describe.each(transcripts.map((transcript) => [transcript.engine, transcript] as const))(
    '%s',
    (_, { dialect, exchanges }) => {
      it.each(
        exchanges
          .filter(({ means }) => means !== undefined)
          .map(({ what, response, means }) => [what, response.body, means] as const),
      )('is understood: %s', (what, body, means) => {
        expect(what === 'listed' ? readListedJobs(body).map(({ id }) => id) : readEngineJob(body)).toEqual(means);
      });

      it('takes what is sent to it', () => {
        const { body, imageField, extended } = DIALECTS[dialect];
        const submissions = exchanges.filter(({ what }) => what.startsWith('submitted'));
        const withImage = submissions.find(({ request }) => request.fields!.includes(imageField))!;
        const type = { json: 'application/json', form: 'multipart/form-data' };
        expect([submissions[0]!.request.type, withImage.request.type]).toEqual([type[body.text], type[body.image]]);
        const protocol = ['prompt', 'model', 'size', 'seconds'];
        const beyond = ['num_frames', 'fps', 'seed', 'negative_prompt'];
        for (const { request } of submissions) {
          expect(request.fields).toEqual(expect.arrayContaining(protocol));
          expect(beyond.filter((field) => request.fields!.includes(field))).toEqual(extended ? beyond : []);
        }
      });
    },
  );
});

it.each([
  ['no object', [], 'no JSON object'],
  ['nothing', null, 'no JSON object'],
  ['no id', { status: 'queued' }, 'no usable id'],
  ['an id that would leave its path', { id: '../health', status: 'queued' }, 'no usable id'],
  ['an id that is empty', { id: '', status: 'queued' }, 'no usable id'],
  ['no status', { id: 'video_1' }, 'no known status'],
  ['a status of another protocol', { id: 'video_1', status: 'on fire' }, 'no known status'],
  ['a status that an object has by birth', { id: 'video_1', status: 'constructor' }, 'no known status'],
])('refuses %s', (_, body, says) => {
  expect(() => readEngineJob(body)).toThrow(says);
});

it.each([
  [
    { id: 'v', status: 'IN_PROGRESS', progress: 41.7 },
    { id: 'v', status: 'rendering', percent: 41 },
  ],
  [
    { id: 'v', status: 'Succeeded' },
    { id: 'v', status: 'completed', percent: 100 },
  ],
  [
    { id: 'v', status: 'queued', progress: 700 },
    { id: 'v', status: 'waiting', percent: 100 },
  ],
  [
    { id: 'v', status: 'failed', error: 'out of memory' },
    { id: 'v', status: 'failed', percent: 0, code: '', message: 'out of memory' },
  ],
  [
    { id: 'v', status: 'failed', error: { code: 500, message: 'x' } },
    { id: 'v', status: 'failed', percent: 0, code: '500', message: 'x' },
  ],
  [
    { id: 'v', status: 'failed', error: null },
    { id: 'v', status: 'failed', percent: 0, code: '', message: '' },
  ],
])('folds %p', (body, job) => {
  expect(readEngineJob(body)).toEqual(job);
});

it.each([
  [{ code: 'content_policy_violation', message: '' }, true],
  [{ code: 'moderation_blocked', message: '' }, true],
  [{ code: '', message: 'The output was blocked by the safety checker.' }, true],
  [{ code: 'engine_error', message: 'the safety valve broke' }, false],
  [{ code: '', message: 'CUDA out of memory' }, false],
])('tells a rejection from a failure: %p', (error, rejected) => {
  expect(isRejection(error)).toBe(rejected);
});
