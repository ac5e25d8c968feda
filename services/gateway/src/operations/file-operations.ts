import { createFileForm, FILE_BODY_BYTES_MAX } from '../files/file-form';
import { REFUSALS_OF_BODY, keyed, type Operations } from '../access/operation';
import { noQuery } from '../http/requests';
import { deletedFileSchema, fileSchema } from './answers';

export const FILE_OPERATIONS = {
  'POST /v1/files': {
    id: 'createFile',
    tag: 'Files',
    summary: 'Upload a picture that first_frame may name by its id',
    access: keyed('videos', 'creates'),
    query: noQuery,
    upload: createFileForm,
    bodyBytesMax: FILE_BODY_BYTES_MAX,
    answers: {
      201: {
        description: 'The file; jobs that name it have the picture for themselves.',
        schema: fileSchema,
        headers: ['Location'],
      },
    },
    refusals: [...REFUSALS_OF_BODY, 'queue_limit_exceeded'],
  },
  'GET /v1/files/:id': {
    id: 'getFile',
    tag: 'Files',
    summary: 'Get what is known of an uploaded file',
    access: keyed('videos'),
    query: noQuery,
    answers: { 200: { description: 'The file.', schema: fileSchema } },
    refusals: ['invalid_request', 'not_found'],
  },
  'DELETE /v1/files/:id': {
    id: 'deleteFile',
    tag: 'Files',
    summary: 'Delete an uploaded file; jobs that named it keep the picture',
    access: keyed('videos'),
    query: noQuery,
    answers: { 200: { description: 'It is gone.', schema: deletedFileSchema } },
    refusals: [...REFUSALS_OF_BODY, 'not_found'],
  },
} satisfies Operations;
