import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, send } from './api.ts';
import type { DisturbableCluster } from './disturbable-cluster.ts';
import type { SeededRandom } from './seeded-random.ts';

const GIVE_UP_AFTER_MS = 240_000;
const ASK_AGAIN_AFTER_MS = 150;
/** Nothing of the answer is known, or it says to come again. */
const AGAIN = [429, 500, 502, 503, 504];

export interface CustomerRequest {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Decides through which gateway each try goes. */
  readonly random: SeededRandom;
}

/** `isSure`: nothing was asked before that may still be under way and done later. */
export type Told = Answer & { readonly isSure: boolean };

/** How customers and operators ask: again and again until they have been told how it ended, as their clients do. */
export class Asking {
  readonly answers = new Map<string, number>();
  /** Answers that nobody may ever see. */
  readonly surprises: string[] = [];
  /** Requests that a gateway has not answered, by its name. */
  readonly open = new Map<string, number>();
  private readonly disturbed: DisturbableCluster;

  constructor(disturbed: DisturbableCluster) {
    this.disturbed = disturbed;
  }

  /** @throws when nobody answered for good in four minutes */
  customer({ method, path, key, body, headers, random }: CustomerRequest): Promise<Told> {
    return this.patiently(`${method} ${path}`, () => {
      const { name, url } = random.pick(this.disturbed.gateways);
      return this.counted(name, method, () => send(method, `${url}${path}`, key, body, headers));
    });
  }

  /** @throws when nobody answered for good in four minutes */
  operator(method: string, path: string, body?: unknown): Promise<Told> {
    const {
      adminUrl,
      cluster: {
        credentials: { admin_token: token },
      },
    } = this.disturbed;
    return this.patiently(`${method} ${path}`, () => send(method, `${adminUrl}${path}`, token, body));
  }

  readonly surprised = (error: Error): void => {
    this.surprises.push(error.message);
  };

  private async counted(
    gateway: string,
    method: string,
    ask: () => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    this.open.set(gateway, (this.open.get(gateway) ?? 0) + 1);
    const answer = await ask();
    this.open.set(gateway, this.open.get(gateway)! - 1);
    const told = answer === undefined ? `${method}: no answer` : `${method}: ${answer.status}`;
    this.answers.set(told, (this.answers.get(told) ?? 0) + 1);
    return answer;
  }

  private async patiently(what: string, ask: () => Promise<Answer | undefined>): Promise<Told> {
    for (let tries = 1, deadline = Date.now() + GIVE_UP_AFTER_MS; ; tries++) {
      const answer = await ask();
      if (answer !== undefined && !AGAIN.includes(answer.status) && answer.body.error !== 'idempotency_in_progress')
        return { ...answer, isSure: tries === 1 };
      if (answer?.status === 500) this.surprises.push(`${what} was answered 500 ${JSON.stringify(answer.body)}`);
      if (Date.now() > deadline)
        throw new Error(
          `${what} was not answered for good in ${GIVE_UP_AFTER_MS / 1_000} s, last ${answer?.status ?? 'with nothing'}`,
        );
      await delay(ASK_AGAIN_AFTER_MS);
    }
  }
}
