import { startLoop, type Logger, type Loop } from '@usvideo/runtime';
import { boundedText } from '../moderation/bounded-text.client';

/** Where a cloud tells a machine that it is about to be taken back. */
export const CLOUDS = ['aws', 'azure', 'gcp'] as const;
export type Cloud = (typeof CLOUDS)[number];

export interface InterruptionOptions {
  readonly cloud: Cloud;
  /** In place of the cloud's own address. */
  readonly metadataUrl: string | undefined;
  readonly logger: Logger;
  /** Called once, when the notice has come. */
  readonly onNotice: () => void;
}

/** Clouds give 30 s to two minutes. */
const LOOK_EVERY_MS = 2_000;
const LOOK_TIMEOUT_MS = 1_000;
const ANSWER_BYTES_MAX = 65_536;
const TOKEN_SECONDS = 60;

type Ask = (path: string, headers?: Record<string, string>, method?: string) => Promise<string | undefined>;

/**
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html,
 * https://learn.microsoft.com/azure/virtual-machines/linux/scheduled-events,
 * https://cloud.google.com/compute/docs/instances/create-use-spot: what each answers while there is none, and what then.
 */
const NOTICES: Readonly<Record<Cloud, { readonly address: string; readonly given: (ask: Ask) => Promise<boolean> }>> = {
  aws: {
    address: 'http://169.254.169.254',
    given: async (ask) => {
      const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) };
      const token = await ask('/latest/api/token', ttl, 'PUT');
      const headers: Record<string, string> = token === undefined ? {} : { 'x-aws-ec2-metadata-token': token };
      return (await ask('/latest/meta-data/spot/instance-action', headers)) !== undefined;
    },
  },
  azure: {
    address: 'http://169.254.169.254',
    given: async (ask) => {
      const answer = await ask('/metadata/scheduledevents?api-version=2020-07-01', { metadata: 'true' });
      const { Events: events = [] } = JSON.parse(answer ?? '{}') as { Events?: { EventType?: string }[] };
      return events.some(({ EventType: type }) => type === 'Preempt');
    },
  },
  gcp: {
    address: 'http://metadata.google.internal',
    given: async (ask) => {
      const answer = await ask('/computeMetadata/v1/instance/preempted', { 'metadata-flavor': 'Google' });
      return answer?.trim().toUpperCase() === 'TRUE';
    },
  },
};

/** Asks the machine's cloud until it says that the machine goes. */
export function watchForInterruption({ cloud, logger, metadataUrl, onNotice }: InterruptionOptions): Loop {
  const { address, given } = NOTICES[cloud];
  const ask: Ask = (path, headers = {}, method = 'GET') =>
    asked(`${(metadataUrl ?? address).replace(/\/+$/, '')}${path}`, headers, method);
  let noticed = false;
  return startLoop({
    name: 'interruption',
    everyMs: LOOK_EVERY_MS,
    logger,
    work: async () => {
      if (noticed || !(await given(ask))) return;
      noticed = true;
      logger.warn({ cloud }, 'the machine is about to be taken back');
      onNotice();
    },
  });
}

/** Undefined for what is not there. */
async function asked(url: string, headers: Record<string, string>, method: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  const answer = await fetch(url, { method, headers, signal, redirect: 'error' });
  const text = await boundedText(answer.body, ANSWER_BYTES_MAX);
  if (answer.ok) return text;
  if (answer.status === 404) return undefined;
  throw new Error(`${new URL(url).pathname} answered ${answer.status}`);
}
