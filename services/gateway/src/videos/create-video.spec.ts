import { Content } from '@usvideo/contracts/scheduler';
import { createVideoSchema, parseCreateVideo, urlsOf } from './create-video';
import { type FaultDetail, Refusal } from '../refusals/refusal';

function faultsOf(body: unknown): readonly FaultDetail[] {
  try {
    parseCreateVideo(body);
  } catch (error) {
    if (error instanceof Refusal) return error.extras.details ?? [{ field: '', message: error.message }];
    throw error;
  }
  return [];
}

const prompt = 'a red ball';

describe('a create request', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['duration 0', { prompt, duration: 0 }, 'duration', /at least 1/],
    ['duration 11', { prompt, duration: 11 }, 'duration', /at most 10/],
    ['duration 2.5', { prompt, duration: 2.5 }, 'duration', /an integer/],
    ['duration "5"', { prompt, duration: '5' }, 'duration', /a number/],
    ['no prompt but null', { prompt: null }, 'prompt', /a string/],
    ['no prompt', {}, 'prompt', /is required/],
    ['a blank prompt', { prompt: ' \n\t' }, 'prompt', /blank/],
    ['a prompt of 4,001 characters', { prompt: 'x'.repeat(4_001) }, 'prompt', /at most 4000 characters/],
    ['a prompt that is a number', { prompt: 5 }, 'prompt', /a string/],
    ['NUL in the prompt', { prompt: 'a\0b' }, 'prompt', /NUL/],
    ['half a character in the prompt', { prompt: 'a\ud800' }, 'prompt', /well-formed/],
    ['NUL in the negative prompt', { prompt, negative_prompt: '\0' }, 'negative_prompt', /NUL/],
    ['NUL in metadata', { prompt, metadata: { a: '\0' } }, 'metadata.a', /NUL/],
    ['NUL in a metadata key', { prompt, metadata: { 'a\0': 'x' } }, 'metadata.a\0', /key must not contain a NUL/],
    ['an unknown field', { prompt, promt: 'x' }, 'promt', /not a known field; did you mean prompt\?/],
    ['camel case', { prompt, negativePrompt: 'x' }, 'negativePrompt', /did you mean negative_prompt/],
    ['swapped letters', { prompt, duartion: 5 }, 'duartion', /did you mean duration/],
    ['a strange field', { prompt, colour: 'red' }, 'colour', /not a known field$/],
    ['the field __proto__', JSON.parse('{"prompt":"x","__proto__":{"duration":5}}'), '__proto__', /not a known field/],
    ['another resolution', { prompt, resolution: '4k' }, 'resolution', /one of 480p, 720p, 1080p/],
    ['another aspect ratio', { prompt, aspect_ratio: '4:3' }, 'aspect_ratio', /one of 16:9, 9:16, 1:1/],
    ['a negative seed', { prompt, seed: -1 }, 'seed', /at least 0/],
    ['a seed of 2^32', { prompt, seed: 4_294_967_296 }, 'seed', /at most 4294967295/],
    ['a deadline of 9 seconds', { prompt, deadline_seconds: 9 }, 'deadline_seconds', /at least 10/],
    ['a deadline beyond a week', { prompt, deadline_seconds: 604_801 }, 'deadline_seconds', /at most 604800/],
    [
      '17 pairs of metadata',
      { prompt, metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) },
      'metadata',
      /at most 16 pairs/,
    ],
    [
      'a metadata key of 65 characters',
      { prompt, metadata: { ['k'.repeat(65)]: 'v' } },
      `metadata.${'k'.repeat(55)}…`,
      /at most 64 characters/,
    ],
    [
      'a metadata value of 513 characters',
      { prompt, metadata: { k: 'v'.repeat(513) } },
      'metadata.k',
      /at most 512 characters/,
    ],
    ['a metadata value that is a number', { prompt, metadata: { k: 1 } }, 'metadata.k', /a string/],
    ['metadata that is a list', { prompt, metadata: [] }, 'metadata', /an object/],
    ['an empty metadata key', { prompt, metadata: { '': 'v' } }, 'metadata', /must not be empty/],
    ['a contradicting alias', { prompt, resolution: '720p', size: '1080p' }, 'size', /contradicts resolution/],
    [
      'two first frames',
      { prompt, first_frame: 'https://a.example/1.png', image_url: 'https://a.example/2.png' },
      'image_url',
      /contradicts first_frame/,
    ],
    [
      'a first frame that is not base64',
      { prompt, first_frame: 'data:image/png;base64,@@@@' },
      'first_frame',
      /not valid base64/,
    ],
    ['a fit of nothing', { prompt, first_frame_fit: 'pad' }, 'first_frame_fit', /needs a first_frame/],
    ['a data URI without base64', { prompt, image_url: 'data:text/plain,hello' }, 'image_url', /base64 data URI/],
    [
      'a first frame without its scheme',
      { prompt, first_frame: 'iVBORw0KGgoAAAANSUhEUg' },
      'first_frame',
      /^is bare base64: write data:image\/png;base64, before it/,
    ],
    [
      'an endless first frame URL',
      { prompt, first_frame: `https://a.example/${'x'.repeat(2_048)}` },
      'first_frame',
      /at most/,
    ],
    ['a list', [], '', /JSON object/],
    ['nothing', undefined, '', /JSON object/],
    ['null', null, '', /JSON object/],
    ['text', 'prompt', '', /JSON object/],
  ])('is refused with %s', (_, body, field, message) => {
    expect(faultsOf(body)).toEqual([{ field, message: expect.stringMatching(message) }]);
  });

  it('takes null for every optional field as its absence', () => {
    const nulls = Object.fromEntries(
      Object.keys(createVideoSchema.shape)
        .filter((name) => name !== 'prompt')
        .map((name) => [name, null]),
    );
    expect(parseCreateVideo({ prompt, ...nulls })).toEqual(parseCreateVideo({ prompt }));
  });

  it('tells all faults at once', () => {
    expect(faultsOf({ duration: 11, seed: 'x', colour: 'red', sound: true }).map((fault) => fault.field)).toEqual([
      'prompt',
      'duration',
      'seed',
      'colour',
      'sound',
    ]);
  });

  it('counts characters, not code units', () => {
    expect(faultsOf({ prompt: '🎥'.repeat(4_000) })).toEqual([]);
    expect(faultsOf({ prompt: '🎥'.repeat(4_001) })).toHaveLength(1);
  });

  it('fills in what the contract says', () => {
    expect(parseCreateVideo({ prompt })).toEqual({
      terms: { model: '', mode: 'text_to_video', resolution: '720p', aspectRatio: '16:9', durationSeconds: 5, seed: 0 },
      seedGiven: false,
      content: {
        prompt,
        negativePrompt: undefined,
        firstFrame: undefined,
        firstFrameKey: undefined,
        firstFrameFit: undefined,
        metadata: new Map(),
        endUser: undefined,
        webhookUrl: undefined,
      },
      deadlineSeconds: 86_400,
      firstFrame: undefined,
    });
  });

  it.each(['__proto__', 'constructor', 'toString', '0'])('keeps the metadata key %s', (key) => {
    const { content } = parseCreateVideo(JSON.parse(`{"prompt":"x","metadata":{"${key}":"kept","other":"1"}}`));
    expect(Content.decode(Content.encode(content).finish()).metadata).toEqual(
      new Map([
        [key, 'kept'],
        ['other', '1'],
      ]),
    );
  });

  it('understands the names of older clients', () => {
    const { terms, firstFrame } = parseCreateVideo({ prompt, size: '1080p', image_url: 'https://a.example/1.png' });
    expect(terms).toMatchObject({ resolution: '1080p', mode: 'image_to_video', aspectRatio: '' });
    expect(firstFrame).toEqual({ kind: 'url', url: 'https://a.example/1.png', field: 'image_url' });
  });

  it('crops the first frame unless it is to be padded', () => {
    const first_frame = 'https://a.example/1.png';
    expect(parseCreateVideo({ prompt, first_frame }).content.firstFrameFit).toBe('crop');
    expect(parseCreateVideo({ prompt, first_frame, first_frame_fit: 'pad' }).content.firstFrameFit).toBe('pad');
  });

  it('knows a seed of zero from none', () => {
    expect(parseCreateVideo({ prompt, seed: 0 }).seedGiven).toBe(true);
  });

  it('names its URLs even when the rest is wrong', () => {
    expect(urlsOf({ first_frame: '/9j/4AAQSkZJRg==' })).toEqual([]);
    expect(urlsOf({ duration: 0, webhook_url: 'http://127.0.0.1', first_frame: 'data:image/png;base64,AA' })).toEqual([
      { field: 'webhook_url', url: 'http://127.0.0.1' },
    ]);
    expect(urlsOf(null)).toEqual([]);
  });
});
