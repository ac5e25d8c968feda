import type { Refusal } from '../refusals/refusal';
import { openAiField } from './openai-request';
import { openAiErrorType } from './openai-video';

/** How the OpenAI Videos protocol tells a refusal, and how its SDKs are told from other programs. */
export const OPENAI_PROTOCOL = {
  path: '/openai/',
  errorBody: ({ code, extras, httpStatus, message }: Refusal): object => {
    const field = extras.details?.[0]?.field;
    return {
      error: {
        message,
        type: openAiErrorType(httpStatus),
        param: field === undefined ? null : openAiField(field),
        code,
      },
    };
  },
  hintFor: (userAgent: string): string | undefined =>
    /^(Async)?OpenAI\//.test(userAgent)
      ? 'The OpenAI SDK speaks to /openai/v1 here: set its base URL to that.'
      : undefined,
};
