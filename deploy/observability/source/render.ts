import { ALERTS } from './alerts.ts';
import { DASHBOARDS } from './dashboards.ts';
import { type Alert, type Dashboard, expressionOf, type Panel, type Recording } from './model.ts';
import { BURN_ALERTS, RECORDINGS } from './service-levels.ts';

export const ALL_ALERTS: readonly Alert[] = [...ALERTS, ...BURN_ALERTS];

const WIDTH = { figure: 6, lines: 12 };
const HEIGHT = 8;
const ROW_WIDTH = 24;

/** Every file that this folder generates, by its name under deploy/observability/. */
export function rendered(): Map<string, string> {
  return new Map([
    ...DASHBOARDS.map((dashboard): [string, string] => [
      `dashboards/${dashboard.uid}.json`,
      `${JSON.stringify(grafana(dashboard), null, 2)}\n`,
    ]),
    ['rules/usvideo.yml', rulesFile([WATCHDOG, ...ALL_ALERTS], RECORDINGS)],
  ]);
}

function grafana({ uid, title, panels }: Dashboard): object {
  let x = 0;
  let y = 0;
  const placed = panels.map((panel, index) => {
    const w = WIDTH[panel.kind];
    if (x + w > ROW_WIDTH) [x, y] = [0, y + HEIGHT];
    const gridPos = { x, y, w, h: HEIGHT };
    x += w;
    return grafanaPanel(panel, index + 1, gridPos);
  });
  return {
    uid,
    title: `US Video API: ${title}`,
    tags: ['usvideo'],
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    editable: false,
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }] },
    panels: placed,
  };
}

function grafanaPanel({ title, help, unit, kind, queries }: Panel, id: number, gridPos: object): object {
  return {
    id,
    title,
    description: help,
    gridPos,
    type: kind === 'figure' ? 'stat' : 'timeseries',
    datasource: { type: 'prometheus', uid: '${datasource}' },
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      expr,
      legendFormat,
      ...(kind === 'figure' && { instant: true }),
    })),
  };
}

/** Links are opened from a mail or a chat. The chart and who mirrors the repository put their own address in its place. */
export const RUNBOOKS = 'https://github.com/us-video-api/us-video-api/blob/main/docs/runbooks/';

/** Fires always: whoever is told of alerts calls out when this one stops coming (docs/operations/alertmanager.yml). */
export const WATCHDOG: Alert = {
  name: 'Watchdog',
  severity: 'none',
  for: '0s',
  runbook: 'watchdog',
  value: 'vector(1)',
  when: '> 0',
  summary: 'Alerts are evaluated and delivered. This one fires always; its silence is the fault.',
};

const quoted = (text: string): string => JSON.stringify(text);

export function rulesFile(alerts: readonly Alert[], recordings: readonly Recording[]): string {
  const record = ({ record, expr, labels }: Recording) => [
    `      - record: ${quoted(record)}`,
    `        expr: ${quoted(expr)}`,
    '        labels:',
    ...Object.entries(labels).map(([name, value]) => `          ${name}: ${quoted(value)}`),
  ];
  const alert = (one: Alert) => [
    `      - alert: ${one.name}`,
    `        expr: ${quoted(expressionOf(one))}`,
    `        for: ${one.for}`,
    '        labels:',
    `          severity: ${one.severity}`,
    '        annotations:',
    `          summary: ${quoted(one.summary)}`,
    `          runbook_url: ${quoted(`${RUNBOOKS}${one.runbook}.md`)}`,
  ];
  return [
    '# Generated from source/ by `node deploy/observability/source/generate.ts`.',
    'groups:',
    // One group, evaluated in order: an alert reads what was recorded in the same moment.
    '  - name: usvideo',
    '    rules:',
    ...recordings.flatMap(record),
    ...alerts.flatMap(alert),
    '',
  ].join('\n');
}
