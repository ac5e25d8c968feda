import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, describeChart, rendered, resources, SCHEMAS, tool, VALUES, valuesFile } from './chart';

/** What the chart decides otherwise, and why. */
const NOT_SCORED = [
  'container-image-pull-policy', // an air-gapped node asks nobody for an image that it has
  'deployment-has-host-podantiaffinity', // constraints of topology spread do this, and say how strictly
];
/** What renders differently each time, or with each cluster. */
const UNSTEADY = /\b(lookup|rand[A-Z]\w*|uuidv4|now|gen[A-Z]\w*|htpasswd|Capabilities|Release\.Revision)\b/;
const texts = (folder: string): string[] =>
  readdirSync(join(CHART, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(yaml|tpl|txt)$/i.test(file))
    .map((file) => readFileSync(join(CHART, folder, file), 'utf8'));

describeChart('the chart', () => {
  it.each(VALUES)('is linted with the values for %s', (values) => {
    const { isContent, said } = tool('helm', ['lint', '--strict', '--quiet', CHART, '--values', valuesFile(values)]);
    expect([isContent, said]).toEqual([true, expect.any(String)]);
  });

  it.each(VALUES)('renders for %s what Kubernetes and the operators know, to the last field', (values) => {
    const { isContent, said } = tool(
      'kubeconform',
      ['-strict', '-summary', '-schema-location', SCHEMAS],
      rendered(values),
    );
    expect(said).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
    expect(isContent).toBe(true);
  });

  it('would be told of a field that Kubernetes does not know', () => {
    const wrong = rendered('ci').replace('automountServiceAccountToken', 'automountServiceAccountTokens');
    expect(tool('kubeconform', ['-strict', '-schema-location', SCHEMAS], wrong).isContent).toBe(false);
  });

  it.each(['small', 'production', 'enterprise'] as const)('scores without a critical remark for %s', (values) => {
    const { said } = tool(
      'kube-score',
      [
        'score',
        '--kubernetes-version',
        'v1.31',
        '--ignore-container-cpu-limit',
        '--ignore-test',
        NOT_SCORED.join(','),
        '--output-format',
        'ci',
        '-',
      ],
      rendered(values),
    );
    expect(said).toMatch(/^\[OK\]/m);
    expect(said.split('\n').filter((line) => line.startsWith('[CRITICAL]'))).toEqual([]);
  });

  it('keeps what its unit tests say', () => {
    const { isContent, said } = tool('helm-unittest', [CHART]);
    expect(said).toMatch(/Tests: +\d+ passed, \d+ total/);
    expect(isContent).toBe(true);
  });

  it.each(VALUES)('renders the same bytes for %s each time', (values) => {
    expect(rendered(values)).toBe(rendered(values));
  });

  it('names the Jobs that migrate after all that they are made of, and nothing else', () => {
    const jobs = (...args: string[]) =>
      resources(rendered('ci', ...args))
        .filter(({ kind }) => kind === 'Job')
        .map(({ metadata }) => metadata.name);
    const before = jobs();
    const other = jobs('--set', 'image.tag=next');
    expect(other.filter((name) => before.includes(name))).toEqual([]);
    expect(other).toHaveLength(4);
    expect(jobs('--set', 'services.ledger.replicas=5')).toEqual(before);
  });

  it('asks no cluster and draws no lots while it renders', () => {
    const actions = texts('templates').flatMap((text) => text.match(/\{\{-? (?!\/\*)[^}]*\}\}/g) ?? []);
    expect(actions.length).toBeGreaterThan(100);
    expect(actions.filter((action) => UNSTEADY.test(action))).toEqual([]);
  });

  it.each(VALUES)('makes nothing a hook for %s but its test, and no Secret at all', (values) => {
    const all = resources(rendered(values));
    const hooks = all.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined);
    expect(hooks.map(({ metadata }) => metadata.annotations!['helm.sh/hook'])).toEqual(['test', 'test']);
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});
