import { z } from 'zod';
import {
  accountSchema,
  apiKeySchema,
  apiKeysSchema,
  limitsSchema,
  listOf,
  modelSchema,
  newApiKeySchema,
  registeredSchema,
  rotatedApiKeySchema,
  videoSchema,
} from './answers';
import { BILLING_OPERATIONS } from './billing-operations';
import { createVideoSchema } from '../videos/create-video';
import { FILE_OPERATIONS } from './file-operations';
import { SIGN_IN_OPERATIONS } from './sign-in-operations';
import { WEBHOOK_OPERATIONS } from './webhook-operations';
import {
  BODY_BYTES_MAX,
  REFUSALS_OF_BODY,
  anyone,
  keyed,
  type Operations,
  streamed,
  streamPreflight,
} from '../access/operation';
import {
  createKeySchema,
  listVideosQuery,
  noQuery,
  registerSchema,
  rotateKeySchema,
  streamQuery,
} from '../http/requests';

/** Judged with the rest of the order, so that all its faults are told at once. */
const noQueryOfAnOrder = z.strictObject({});

const VIDEO_OPERATIONS = {
  'POST /v1/videos': {
    id: 'createVideo',
    tag: 'Videos',
    summary: 'Create a video',
    access: keyed('videos', 'creates'),
    query: noQueryOfAnOrder,
    body: createVideoSchema,
    bodyBytesMax: BODY_BYTES_MAX,
    headers: ['Idempotency-Key', 'Prefer'],
    answers: {
      202: {
        description: 'The job, accepted and paid for from the balance.',
        schema: videoSchema,
        headers: ['Location', 'Idempotent-Replayed', 'Preference-Applied'],
      },
    },
    refusals: [
      ...REFUSALS_OF_BODY,
      'insufficient_balance',
      'spend_cap_reached',
      'quote_expired',
      'quote_mismatch',
      'idempotency_in_progress',
      'idempotency_key_reused',
      'queue_limit_exceeded',
      'capacity_exhausted',
      'price_unavailable',
    ],
  },
  'GET /v1/videos': {
    id: 'listVideos',
    tag: 'Videos',
    summary: 'List videos, newest first',
    access: keyed('videos'),
    query: listVideosQuery,
    answers: { 200: { description: 'A page of jobs.', schema: listOf(videoSchema).meta({ id: 'VideoList' }) } },
    refusals: ['invalid_request'],
  },
  'GET /v1/videos/:id': {
    id: 'getVideo',
    tag: 'Videos',
    summary: 'Get a video',
    access: keyed('videos'),
    query: noQuery,
    headers: ['Prefer'],
    answers: { 200: { description: 'The job.', schema: videoSchema, headers: ['Preference-Applied'] } },
    refusals: ['invalid_request', 'job_not_found'],
  },
  'GET /v1/videos/:id/events': {
    id: 'streamVideo',
    tag: 'Videos',
    summary: 'Follow a video as Server-Sent Events until it ends',
    access: streamed('videos', 'job'),
    query: streamQuery,
    headers: ['Last-Event-ID'],
    answers: {
      200: {
        description:
          'One event per change, named video.<status>, its data the job; comments in between keep the connection open.',
        contentType: 'text/event-stream',
      },
      204: { description: 'The job has ended and nothing happened since Last-Event-ID.' },
    },
    refusals: ['invalid_request', 'job_not_found'],
  },
  'OPTIONS /v1/videos/:id/events': streamPreflight('preflightVideoStream', 'Videos'),
  'POST /v1/videos/:id/cancel': {
    id: 'cancelVideo',
    tag: 'Videos',
    summary: 'Cancel a video whose rendering has not started',
    access: keyed('videos'),
    query: noQuery,
    answers: { 200: { description: 'The job, cancelled and its money released.', schema: videoSchema } },
    refusals: [...REFUSALS_OF_BODY, 'job_not_found', 'job_not_cancellable'],
  },
  'DELETE /v1/videos/:id': {
    id: 'deleteVideo',
    tag: 'Videos',
    summary: 'Cancel a video (the same as POST …/cancel)',
    access: keyed('videos'),
    query: noQuery,
    answers: { 200: { description: 'The job, cancelled and its money released.', schema: videoSchema } },
    refusals: [...REFUSALS_OF_BODY, 'job_not_found', 'job_not_cancellable'],
  },
  'DELETE /v1/videos/:id/content': {
    id: 'eraseVideoContent',
    tag: 'Videos',
    summary: 'Erase prompt, first frame and file of a video that has ended',
    access: keyed('videos'),
    query: noQuery,
    answers: { 200: { description: 'The job without its content.', schema: videoSchema } },
    refusals: [...REFUSALS_OF_BODY, 'job_not_found', 'job_not_ended'],
  },
  'GET /v1/models': {
    id: 'listModels',
    tag: 'Videos',
    summary: 'List models and their prices',
    access: keyed(undefined),
    query: noQuery,
    answers: { 200: { description: 'All models.', schema: listOf(modelSchema).meta({ id: 'ModelList' }) } },
    refusals: ['invalid_request'],
  },
  'GET /v/*': {
    id: 'getMedia',
    tag: 'Videos',
    summary: 'Download a video or thumbnail by its signed link',
    access: anyone('documents'),
    headers: ['Range', 'If-None-Match'],
    answers: {
      200: { description: 'The file.', contentType: 'video/mp4', headers: ['ETag', 'Accept-Ranges'] },
      206: {
        description: 'The range asked for.',
        contentType: 'video/mp4',
        headers: ['ETag', 'Accept-Ranges', 'Content-Range'],
      },
      302: {
        description: 'Where the bucket gives out the file itself, for five minutes at most.',
        headers: ['Location'],
      },
      304: { description: 'Not changed.', headers: ['ETag'] },
    },
    refusals: ['not_found', 'video_expired', 'range_not_satisfiable'],
  },
  'OPTIONS /v/*': {
    id: 'preflightMedia',
    tag: 'Videos',
    summary: 'CORS preflight of a media link',
    access: anyone('documents'),
    answers: { 204: { description: 'Cross-origin reads are allowed.' } },
    refusals: [],
  },
} satisfies Operations;

const ACCOUNT_OPERATIONS = {
  'POST /v1/auth/register': {
    id: 'register',
    tag: 'Account',
    summary: 'Open an account',
    access: anyone('register'),
    query: noQuery,
    body: registerSchema,
    answers: { 201: { description: 'The account with its first keys, shown once.', schema: registeredSchema } },
    refusals: [...REFUSALS_OF_BODY, 'forbidden'],
  },
  'GET /v1/account': {
    id: 'getAccount',
    tag: 'Account',
    summary: 'Get the account',
    access: keyed(undefined),
    query: noQuery,
    answers: { 200: { description: 'The account.', schema: accountSchema } },
    refusals: ['invalid_request'],
  },
  'GET /v1/limits': {
    id: 'getLimits',
    tag: 'Account',
    summary: 'Get limits, allowed and in use',
    access: keyed(undefined),
    query: noQuery,
    answers: { 200: { description: "Limits of the key's environment.", schema: limitsSchema } },
    refusals: ['invalid_request'],
  },
  'GET /v1/api-keys': {
    id: 'listApiKeys',
    tag: 'API keys',
    summary: 'List API keys',
    access: keyed('keys:read'),
    query: noQuery,
    answers: { 200: { description: "Keys of the calling key's environment.", schema: apiKeysSchema } },
    refusals: ['invalid_request'],
  },
  'POST /v1/api-keys': {
    id: 'createApiKey',
    tag: 'API keys',
    summary: 'Create an API key',
    access: keyed('keys:manage'),
    query: noQuery,
    body: createKeySchema,
    answers: { 201: { description: 'The key with its secret, shown once.', schema: newApiKeySchema } },
    refusals: REFUSALS_OF_BODY,
  },
  'POST /v1/api-keys/:id/rotate': {
    id: 'rotateApiKey',
    tag: 'API keys',
    summary: 'Replace an API key',
    access: keyed('keys:manage'),
    query: noQuery,
    body: rotateKeySchema,
    bodyOptional: true,
    answers: {
      201: {
        description: 'The new key with its secret, shown once; the old one works for 24 hours unless ended.',
        schema: rotatedApiKeySchema,
      },
    },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'DELETE /v1/api-keys/:id': {
    id: 'revokeApiKey',
    tag: 'API keys',
    summary: 'Revoke an API key',
    access: keyed('keys:manage'),
    query: noQuery,
    answers: { 200: { description: 'The key, revoked.', schema: apiKeySchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
  'GET /openapi.json': {
    id: 'getOpenApi',
    tag: 'Reference',
    summary: 'This document',
    access: anyone('documents'),
    answers: { 200: { description: 'OpenAPI 3.1.', contentType: 'application/json' } },
    refusals: [],
  },
} satisfies Operations;

/** Everything the public port serves. */
export const PUBLIC_OPERATIONS: Operations = {
  ...VIDEO_OPERATIONS,
  ...FILE_OPERATIONS,
  ...BILLING_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...SIGN_IN_OPERATIONS,
};
