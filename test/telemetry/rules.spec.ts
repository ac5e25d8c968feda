import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metrics, observeProcess } from '@usvideo/runtime';
import { parse } from 'yaml';
import { DASHBOARDS } from '../../deploy/observability/source/dashboards.ts';
import { expressionOf } from '../../deploy/observability/source/model.ts';
import { ALL_ALERTS, rendered, WATCHDOG } from '../../deploy/observability/source/render.ts';
import { SERVICE_LEVELS } from '../../deploy/observability/source/service-levels.ts';
import { FAULTS } from './alert-faults.fixture';
import { describePrometheus, promtool } from './prometheus-server';

const root = join(__dirname, '..', '..');
/** Services and libraries declare their own metrics; loaded, they are in the registry. */
const DECLARED = ['services', 'libs']
  .flatMap((part) => readdirSync(join(root, part)).map((name) => join(root, part, name, 'src', 'metrics.ts')))
  .filter(existsSync);
const folder = join(root, 'deploy', 'observability');
const panels = DASHBOARDS.flatMap((dashboard) => dashboard.panels);
const expressions = [...panels.flatMap(({ queries }) => Object.values(queries)), ...ALL_ALERTS.map(expressionOf)];

interface Alertmanager {
  readonly route: {
    readonly receiver: string;
    readonly routes: readonly { readonly receiver: string; readonly matchers: readonly string[] }[];
  };
  readonly receivers: readonly { readonly name: string }[];
}

describe('dashboards and rules', () => {
  it('are what their source says: run `node deploy/observability/source/generate.ts` and commit', () => {
    const committed = ['dashboards', 'rules']
      .flatMap((part) => readdirSync(join(folder, part)).map((name) => `${part}/${name}`))
      .sort();
    expect(committed).toEqual([...rendered().keys()].sort());
    expect(committed.filter((name) => readFileSync(join(folder, name), 'utf8') !== rendered().get(name))).toEqual([]);
  });

  it('name only metrics that the platform declares, and hide no absence behind a constant', async () => {
    observeProcess();
    for (const file of DECLARED) await import(file);
    const declared = new Set((await metrics.getMetricsAsJSON()).map(({ name }) => name));
    const named = expressions
      .flatMap((expression) => expression.match(/\b(?:usvideo|process|nodejs)_\w+/g) ?? [])
      .map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    expect([...new Set(named)].filter((name) => !declared.has(name))).toEqual([]);
    expect(expressions.filter((expression) => /vector\(/.test(expression))).toEqual([]);
  });

  it("show or watch every metric of the platform's own", async () => {
    const all = [...expressions, ...SERVICE_LEVELS.map(({ all: counter }) => counter)].join(' ');
    const unseen = (await metrics.getMetricsAsJSON())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('usvideo_') && !all.includes(name));
    expect(unseen).toEqual([]);
  });

  it('have a runbook page for every alert, with all its parts', () => {
    const parts = ['## Symptom', '## Likely causes', '## What to look at', '## How to mend'];
    const faults = [WATCHDOG, ...ALL_ALERTS].flatMap(({ name, runbook }) => {
      const file = join(root, 'docs', 'runbooks', `${runbook}.md`);
      if (!existsSync(file)) return [`${name}: no ${runbook}.md`];
      return parts
        .filter((part) => !readFileSync(file, 'utf8').includes(part))
        .map((part) => `${runbook}.md: no ${part}`);
    });
    expect(faults).toEqual([]);
  });

  it('have runbooks that look in the logs for words that a service says', () => {
    const runbooks = join(root, 'docs', 'runbooks');
    const sources = ['services', 'libs'].flatMap((part) =>
      readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
        .filter((name) => /^[^/]+\/src\/.*\.ts$/.test(name) && !/\.(spec|fixture|conformance)\.ts$/.test(name))
        .map((name) => join(root, part, name)),
    );
    const said = sources
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
      .toLowerCase();
    const looked = readdirSync(runbooks).flatMap((page) =>
      [
        ...readFileSync(join(runbooks, page), 'utf8').matchAll(
          /docker compose logs.*\| grep (?:-[Ei] )?(?:"([^"]+)"|(\w+))$/gm,
        ),
      ]
        .flatMap(([, quoted, word]) => (quoted ?? word!).split('|'))
        .map((words) => ({ page, words })),
    );
    expect(looked.length).toBeGreaterThan(10);
    expect(looked.filter(({ words }) => !said.includes(words.toLowerCase()))).toEqual([]);
  });

  it('burn through the budget at the rates of the SRE workbook, with a floor of events each', () => {
    const burns = ALL_ALERTS.filter(({ name }) => name.startsWith('ApiAvailabilityBurn'));
    expect(burns.map(({ when, and }) => [when, and!.map((condition) => condition.when)])).toEqual([
      ['> 0.0144', ['> 0.0144', '>= 50']],
      ['> 0.006', ['> 0.006', '>= 100']],
      ['> 0.001', ['> 0.001', '>= 500']],
    ]);
  });

  it('name for each alert a page that opens from a mail, and one alert that always fires', () => {
    const rules = rendered().get('rules/usvideo.yml')!;
    const urls = [...rules.matchAll(/runbook_url: "(.*)"/g)].map(([, url]) => url!);
    expect(urls).toHaveLength(ALL_ALERTS.length + 1);
    expect(urls.filter((url) => !/^https:\/\/[^ ]+\/docs\/runbooks\/[a-z-]+\.md$/.test(url))).toEqual([]);
    expect(rules).toContain('alert: Watchdog\n        expr: "(vector(1)) > 0"\n        for: 0s');
  });

  it('have a route in the example of Alertmanager for every severity, and one for the watchdog', () => {
    const { route, receivers } = parse(readFileSync(join(folder, 'alertmanager.yml'), 'utf8')) as Alertmanager;
    const named = new Set(receivers.map(({ name }) => name));
    expect([route, ...route.routes].filter(({ receiver }) => !named.has(receiver))).toEqual([]);
    const wanted = [
      `alertname = ${WATCHDOG.name}`,
      ...new Set(ALL_ALERTS.map(({ severity }) => `severity = ${severity}`)),
    ];
    expect(route.routes.flatMap(({ matchers }) => matchers).sort()).toEqual(wanted.sort());
  });

  it('have a fault of their own, each', () => {
    expect(Object.keys(FAULTS).sort()).toEqual(ALL_ALERTS.map(({ name }) => name).sort());
  });

  describePrometheus('in promtool', () => {
    it('fire on their fault and stay silent without it, each by a unit test of promtool', () => {
      const work = mkdtempSync(join(tmpdir(), 'usv-rules-'));
      try {
        writeFileSync(join(work, 'rules.yml'), rendered().get('rules/usvideo.yml')!);
        const tests = Object.entries(FAULTS).flatMap(
          ([alert, { series, healthy, everyMinutes = 1, afterMinutes = 40 }]) =>
            [series, healthy].map((input, index) => ({
              everyMinutes,
              interval: `${everyMinutes}m`,
              input_series: Object.entries(input).map(([name, values]) => ({ series: name, values })),
              promql_expr_test: [
                {
                  expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
                  eval_time: `${afterMinutes}m`,
                  exp_samples: index === 0 ? [{ value: 1 }] : [],
                },
              ],
            })),
        );
        expect(promtool(['check', 'rules', 'rules.yml'], work)).toContain('SUCCESS');
        expect(promtool(['check', 'config', join(folder, 'prometheus.yml')])).toContain('SUCCESS');
        // Days are evaluated by the hour: by the minute they would take minutes.
        for (const [everyMinutes, alike] of Map.groupBy(tests, (test) => test.everyMinutes)) {
          const file = {
            rule_files: ['rules.yml'],
            evaluation_interval: `${everyMinutes}m`,
            tests: alike.map(({ everyMinutes: _, ...test }) => test),
          };
          writeFileSync(join(work, 'tests.yml'), JSON.stringify(file));
          expect(promtool(['test', 'rules', 'tests.yml'], work)).toContain('SUCCESS');
        }
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }, 60_000);
  });
});
