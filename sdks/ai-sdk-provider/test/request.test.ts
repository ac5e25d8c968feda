import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Experimental_VideoModelV4CallOptions as VideoModelV4CallOptions } from '@ai-sdk/provider';
import { usvideo } from '../src/index.ts';
import { requestOf } from '../src/request.ts';

const CALL: VideoModelV4CallOptions = {
  prompt: 'a sea',
  n: 1,
  aspectRatio: undefined,
  resolution: undefined,
  duration: undefined,
  fps: undefined,
  seed: undefined,
  image: undefined,
  frameImages: undefined,
  inputReferences: undefined,
  generateAudio: undefined,
  providerOptions: {},
};
const featuresOf = (call: Partial<VideoModelV4CallOptions>) =>
  requestOf('m', { ...CALL, ...call }).warnings.map((warning) =>
    'feature' in warning ? warning.feature : warning.type,
  );

test('what is not asked for is not sent', () => {
  assert.deepEqual(requestOf('default', CALL), { request: { prompt: 'a sea' }, warnings: [] });
});

test('every field has its counterpart', () => {
  const call = {
    ...CALL,
    resolution: '720x1280',
    duration: 3,
    seed: 7,
    image: { type: 'url', url: 'https://h/x.png' },
    providerOptions: { usvideo: { end_user: 'ann' }, other: { x: 1 } },
  } as const;
  assert.deepEqual(requestOf('wan', { ...call }).request, {
    prompt: 'a sea',
    model: 'wan',
    duration: 3,
    seed: 7,
    resolution: '720p',
    aspect_ratio: '9:16',
    first_frame: 'https://h/x.png',
    end_user: 'ann',
  });
});

test('bytes become a data URI, however many', () => {
  const data = new Uint8Array(100_000).fill(65);
  const { request } = requestOf('m', { ...CALL, image: { type: 'file', mediaType: 'image/png', data } });
  assert.equal(request.first_frame, `data:image/png;base64,${Buffer.from(data).toString('base64')}`);
});

test('what the API does not have is a warning', () => {
  assert.deepEqual(featuresOf({ resolution: '640x640' }), ['resolution']);
  assert.deepEqual(featuresOf({ aspectRatio: '4:3' }), ['aspectRatio']);
  assert.deepEqual(featuresOf({ aspectRatio: '9:16', resolution: '854x480' }), ['aspectRatio']);
  assert.deepEqual(featuresOf({ fps: 30, generateAudio: true, inputReferences: [{ type: 'url', url: 'https://h' }] }), [
    'fps',
    'generateAudio',
    'inputReferences',
  ]);
  assert.deepEqual(featuresOf({ aspectRatio: 'adaptive', generateAudio: false }), []);
});

test('it has no other models', () => {
  assert.throws(() => usvideo.languageModel('x'), { name: 'AI_NoSuchModelError' });
});
