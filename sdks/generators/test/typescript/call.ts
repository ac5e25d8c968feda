import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { paths } from './openapi.ts';

const client = createClient<paths>({
  baseUrl: process.env.USVIDEO_BASE_URL!,
  headers: { authorization: `Bearer ${process.env.USVIDEO_API_KEY}` },
});

// Only what is required is named: a field with a default is optional for who writes a request.
const { data: made, error } = await client.POST('/v1/videos', {
  body: { prompt: 'a generated client', resolution: '480p', duration: 1 },
});
assert.equal(error, undefined);
const { data: video } = await client.GET('/v1/videos/{id}', {
  params: { path: { id: made!.id }, header: { Prefer: 'wait=30' } },
});
assert.equal(video?.status, 'completed');
const cost: string | null = video.cost;
const aspectRatio: '16:9' | '9:16' | '1:1' | null = video.aspect_ratio;
assert.deepEqual([cost !== null, aspectRatio], [true, '16:9']);

const { error: refusal } = await client.POST('/v1/videos', { body: { prompt: ' ' } });
assert.deepEqual([refusal?.error, refusal?.details?.[0]?.field], ['invalid_request', 'prompt']);
console.log('ok openapi-typescript');
