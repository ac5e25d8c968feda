import type { Alert, Recording } from './model.ts';

/** What customers are promised, as a share of bad events among all events. */
export interface ServiceLevel {
  readonly name: string;
  readonly title: string;
  readonly objective: number;
  /** Counters without their range: bad events and all events. */
  readonly bad: string;
  readonly all: string;
}

export const SERVICE_LEVELS: readonly ServiceLevel[] = [
  {
    name: 'api_availability',
    title: 'Requests answered',
    objective: 0.999,
    bad: 'usvideo_http_outcomes_total{listener="public",outcome="failed"}',
    all: 'usvideo_http_outcomes_total{listener="public"}',
  },
  {
    name: 'job_success',
    title: 'Live jobs that succeed',
    objective: 0.99,
    bad: 'usvideo_jobs_ended_total{environment="live",status="failed"}',
    all: 'usvideo_jobs_ended_total{environment="live",status!="cancelled"}',
  },
];

/**
 * Multiwindow burn rates of the SRE workbook, chapter 5 (https://sre.google/workbook/alerting-on-slos/): the long window says that it
 * matters, the short one that it still goes on. Below the floor of events in the long window a ratio says nothing.
 */
const BURNS = [
  { name: 'Fast', rate: 14.4, long: '1h', short: '5m', severity: 'page', floor: 50 },
  { name: 'Slow', rate: 6, long: '6h', short: '30m', severity: 'page', floor: 100 },
  { name: 'Low', rate: 1, long: '3d', short: '6h', severity: 'ticket', floor: 500 },
] as const;

export const WINDOWS = ['5m', '30m', '1h', '6h', '3d'] as const;

const ratio = (level: ServiceLevel, window: string): string =>
  `sum(increase(${level.bad}[${window}])) / sum(increase(${level.all}[${window}]))`;

export const errorRatio = (level: ServiceLevel, window: string): string =>
  `usvideo:slo_error_ratio:${window}{slo="${level.name}"}`;

export const RECORDINGS: readonly Recording[] = SERVICE_LEVELS.flatMap((level) =>
  WINDOWS.flatMap((window): Recording[] => [
    { record: `usvideo:slo_error_ratio:${window}`, expr: ratio(level, window), labels: { slo: level.name } },
    {
      record: `usvideo:slo_events:${window}`,
      expr: `sum(increase(${level.all}[${window}]))`,
      labels: { slo: level.name },
    },
  ]),
);

export const BURN_ALERTS: readonly Alert[] = SERVICE_LEVELS.flatMap((level) =>
  BURNS.map(({ name, rate, long, short, severity, floor }): Alert => {
    const limit = `> ${Number((rate * (1 - level.objective)).toPrecision(6))}`;
    const camel = level.name.replace(/(^|_)(\w)/g, (_, _start: string, letter: string) => letter.toUpperCase());
    return {
      name: `${camel}Burn${name}`,
      severity,
      for: '0s',
      runbook: 'service-level-burn',
      summary: `${level.title}: the error budget of 30 days burns ${rate} times too fast over ${long}.`,
      value: errorRatio(level, long),
      when: limit,
      and: [
        { value: errorRatio(level, short), when: limit },
        { value: `usvideo:slo_events:${long}{slo="${level.name}"}`, when: `>= ${floor}` },
      ],
    };
  }),
);
