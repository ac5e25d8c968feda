import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs, type Logger } from '@usvideo/runtime';
import { AttemptFailure, engineError } from '../conform/attempt-failure';
import { moderationJudgements } from '../metrics';
import { afterFailure, afterSuccess, BREAKER_AT_REST, takesWork } from '../openai-videos/circuit-breaker';
import { boundedText } from './bounded-text.client';
import { flaggedIn } from './verdict';

/** What is judged: before rendering what the customer sent, after it what the engine made of it. */
export interface Material {
  readonly stage: 'request' | 'video';
  readonly texts: readonly string[];
  /** JPEG or PNG. */
  readonly images: readonly { readonly type: 'image/jpeg' | 'image/png'; readonly bytes: Uint8Array }[];
}

export interface ModerationOptions {
  readonly url: string;
  readonly token?: string | undefined;
  readonly model?: string | undefined;
  readonly timeoutMs: number;
  readonly whenAway: 'wait' | 'allow';
  readonly logger: Logger;
}

const ANSWER_BYTES_MAX = 256 * 1024;
const BACK_OFF = { firstMs: 250, maxMs: 5_000 };

/** Asks a server of OpenAI's moderation protocol whether content may be rendered and sold. */
export class Moderation {
  private breaker = BREAKER_AT_REST;

  constructor(private readonly options: ModerationOptions) {}

  /**
   * Resolves when the material is allowed, or nobody answers and that counts as allowed.
   * @param waitMs how long an answer is waited for where one is needed
   * @throws AttemptFailure content_rejected, or engine_error when no answer came; the signal's reason when it was aborted.
   */
  async judge(material: Material, waitMs: number, signal: AbortSignal): Promise<void> {
    const { whenAway, logger } = this.options;
    const { stage } = material;
    const until = performance.now() + waitMs;
    for (let failures = 0; ;) {
      if (takesWork(this.breaker, performance.now())) {
        try {
          const flagged = await this.ask(material, signal);
          this.breaker = afterSuccess();
          moderationJudgements.inc({ stage, outcome: flagged === undefined ? 'allowed' : 'rejected' });
          if (flagged === undefined) return;
          throw rejected(flagged);
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof AttemptFailure) throw error;
          failures += 1;
          this.breaker = afterFailure(this.breaker, performance.now());
          moderationJudgements.inc({ stage, outcome: 'away' });
          logger.warn({ err: error, stage }, 'the moderation does not answer');
        }
      }
      if (whenAway === 'allow') return;
      if (performance.now() >= until) throw engineError('the moderation does not answer');
      await delay(backOffMs(failures + 1, BACK_OFF), undefined, { signal });
    }
  }

  /** @returns what it was flagged for */
  private async ask({ texts, images }: Material, signal: AbortSignal): Promise<readonly string[] | undefined> {
    const { url, token, model, timeoutMs } = this.options;
    const input = [
      ...texts.map((text) => ({ type: 'text', text })),
      ...images.map(({ type, bytes }) => ({
        type: 'image_url',
        image_url: { url: `data:${type};base64,${Buffer.from(bytes).toString('base64')}` },
      })),
    ];
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ ...(model && { model }), input }),
      // A server that redirects is not the one that was configured.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await boundedText(response.body, ANSWER_BYTES_MAX);
    if (!response.ok) throw new Error(`the moderation answered ${response.status}`);
    return flaggedIn(JSON.parse(text));
  }
}

function rejected(flagged: readonly string[]): AttemptFailure {
  return new AttemptFailure('content_rejected', 'The content was refused by moderation.', false, {
    cause: new Error(`flagged for ${flagged.join(', ') || 'no category'}`),
  });
}
