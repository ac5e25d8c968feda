export interface SimulationOptions {
  readonly seed: number;
  readonly days: number;
  readonly gpus: number;
  readonly tenants: number;
  /** Of the fleet that the mean demand takes. */
  readonly load: number;
  /** By how much of the mean the demand swings over a day. */
  readonly swing: number;
  /** Jobs that one more tenant queues at once after a quarter of the time. */
  readonly burst: number;
  /** How many of them may run at once. */
  readonly burstLimit: number;
  /** GPU seconds of one second of 720p video. */
  readonly renderSeconds: number;
  /** Mean hours until a GPU fails or is taken away; 0: never. */
  readonly failureHours: number;
  /** Of the failures that are announced: the spot market takes its machine back. */
  readonly spotShare: number;
  readonly repairMinutes: number;
  /** Of the attempts that end in an engine error. */
  readonly errorShare: number;
  /** Estimated wait above which orders are refused; 0: never. */
  readonly maxWaitSeconds: number;
  readonly gpuHourUsd: number;
}

interface Setting {
  readonly key: keyof SimulationOptions;
  readonly standard: number;
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly help: string;
}

const setting = (
  key: keyof SimulationOptions,
  standard: number,
  [least, most]: readonly [number, number],
  help: string,
  whole = false,
): Setting => ({ key, standard, least, most, whole, help });

/** By the name of the flag. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  seed: setting('seed', 1, [0, 2 ** 32 - 1], 'what arrives and what fails', true),
  days: setting('days', 1, [0.01, 60], 'of virtual time'),
  gpus: setting('gpus', 1_000, [1, 20_000], 'slots of the fleet', true),
  tenants: setting('tenants', 1_000, [1, 20_000], 'accounts that order', true),
  load: setting('load', 0.7, [0.01, 3], 'mean demand as a share of the fleet'),
  swing: setting('swing', 0.3, [0, 1], 'how much of the mean demand comes and goes over a day'),
  burst: setting(
    'burst',
    80_000,
    [0, 1_000_000],
    'jobs that one more tenant queues at once after a quarter of the time',
    true,
  ),
  'burst-limit': setting('burstLimit', 50, [1, 20_000], 'how many of these may run at once', true),
  'render-seconds': setting('renderSeconds', 12, [0.1, 600], 'GPU seconds of one second of 720p video'),
  'failure-hours': setting(
    'failureHours',
    200,
    [0, 100_000],
    'mean hours until a GPU fails or is taken away; 0: never',
  ),
  'spot-share': setting(
    'spotShare',
    0.5,
    [0, 1],
    'of these that are announced, so that the render is handed back at once',
  ),
  'repair-minutes': setting('repairMinutes', 15, [0, 10_000], 'until such a GPU is back'),
  'error-share': setting('errorShare', 0.005, [0, 1], 'of the attempts that end in an engine error'),
  'max-wait-seconds': setting(
    'maxWaitSeconds',
    86_400,
    [0, 604_800],
    'estimated wait above which orders are refused; 0: never',
    true,
  ),
  'gpu-hour-usd': setting('gpuHourUsd', 2.5, [0, 1_000], 'what a GPU costs an hour'),
};

export function standardOptions(over: Partial<SimulationOptions> = {}): SimulationOptions {
  const standard = Object.values(SETTINGS).map(({ key, standard: value }) => [key, value] as const);
  return { ...(Object.fromEntries(standard) as unknown as SimulationOptions), ...over };
}

/** All faults at once, by the name of the flag. */
export function optionsFrom(
  flags: Readonly<Record<string, string | undefined>>,
): SimulationOptions | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const given: Partial<Record<keyof SimulationOptions, number>> = {};
  for (const [flag, text] of Object.entries(flags)) {
    const { key, least, most, whole } = SETTINGS[flag]!;
    if (text === undefined) continue;
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      given[key] = value;
    else faults.push(`--${flag} is ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}, and was ${text}`);
  }
  return faults.length > 0 ? { faults } : standardOptions(given);
}
