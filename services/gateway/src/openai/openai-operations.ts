import { z } from 'zod';
import { BODY_BYTES_MAX, REFUSALS_OF_BODY, type Operations, keyed } from '../access/operation';
import { openAiCreateSchema } from './openai-request';

export const openAiListQuery = z.strictObject({
  limit: z.int().min(1).max(100).default(20),
  after: z.string().max(64).optional(),
  order: z.enum(['asc', 'desc']).optional(),
});
export const openAiContentQuery = z.strictObject({ variant: z.enum(['video', 'thumbnail']).default('video') });

const answers = { 200: { description: 'As the protocol has it.' } };
const operation = { tag: 'OpenAI', answers, refusals: [...REFUSALS_OF_BODY, 'job_not_found'] } as const;

/** The OpenAI Videos protocol. Its own documentation describes it, so that the reference of the native API does not. */
export const OPENAI_OPERATIONS: Operations = {
  'POST /openai/v1/videos': {
    ...operation,
    id: 'openAiCreateVideo',
    summary: 'Create a video',
    access: keyed('videos', 'creates'),
    body: openAiCreateSchema,
    bodyBytesMax: BODY_BYTES_MAX,
    form: true,
  },
  'GET /openai/v1/videos': {
    ...operation,
    id: 'openAiListVideos',
    summary: 'List videos',
    access: keyed('videos'),
    query: openAiListQuery,
  },
  'GET /openai/v1/videos/:id': { ...operation, id: 'openAiGetVideo', summary: 'Get a video', access: keyed('videos') },
  'GET /openai/v1/videos/:id/content': {
    ...operation,
    id: 'openAiGetContent',
    summary: 'Download a video',
    access: keyed('videos'),
    query: openAiContentQuery,
  },
  'DELETE /openai/v1/videos/:id': {
    ...operation,
    id: 'openAiDeleteVideo',
    summary: 'Delete a video',
    access: keyed('videos'),
  },
  'POST /openai/v1/videos/:action': {
    ...operation,
    body: z.looseObject({}),
    id: 'openAiRefuseAction',
    summary: 'Edits, extensions and characters are not offered',
    access: keyed('videos'),
    bodyBytesMax: BODY_BYTES_MAX,
    form: true,
  },
  'POST /openai/v1/videos/:id/:action': {
    ...operation,
    body: z.looseObject({}),
    id: 'openAiRefuseActionOn',
    summary: 'Remix is not offered',
    access: keyed('videos'),
    bodyBytesMax: BODY_BYTES_MAX,
    form: true,
  },
};
