import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describeChart, rendered, resources, SCHEMAS, tool, valuesFile, VALUES } from './chart';

const PAGES = join(__dirname, '..', '..', 'docs', 'operations');
const page = (name: string): string => readFileSync(join(PAGES, name), 'utf8');

describe('the pages for operators', () => {
  it('link to what is there', () => {
    const broken = readdirSync(PAGES)
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => [...page(file).matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => [file, target!] as const))
      .filter(([file, target]) => !existsSync(join(dirname(join(PAGES, file)), target)));
    expect(broken).toEqual([]);
  });

  it('show resources that are YAML, each of a kind and with a name', () => {
    const shown = [
      ...['gitops.md'].flatMap((file) => [...page(file).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!)),
      ...['cloudnative-pg.yaml', 'strimzi.yaml'].map((file) => page(join('examples', file))),
    ];
    const all = shown
      .flatMap((text) => parseAllDocuments(text))
      .map((document) => {
        expect(document.errors).toEqual([]);
        return document.toJS() as { apiVersion?: string; kind?: string; metadata?: { name?: string } };
      });
    expect(all.length).toBe(9);
    expect(
      all.filter(
        ({ apiVersion, kind, metadata }) =>
          apiVersion === undefined || kind === undefined || metadata?.name === undefined,
      ),
    ).toEqual([]);
  });
});

describeChart('the commands for operators', () => {
  // Strimzi's definitions are in no package that a build could get; its resources are looked at as YAML, above.
  it.each([
    ['gitops.md', [...page('gitops.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!).join('---\n')],
    ['examples/cloudnative-pg.yaml', page(join('examples', 'cloudnative-pg.yaml'))],
  ])('go with resources that their operators know to the last field: %s', (_, manifests) => {
    const args = ['-strict', '-summary', '-schema-location', SCHEMAS];
    expect(tool('kubeconform', args, manifests).said).toMatch(/Valid: [1-9]\d*, Invalid: 0, Errors: 0, Skipped: 0/);
    expect(tool('kubeconform', args, manifests.replace('\nspec:', '\nspecs:')).isContent).toBe(false);
  });

  it('make a Secret that has every key that the chart asks for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'usv-install-'));
    try {
      writeFileSync(join(folder, 'kubectl'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
      chmodSync(join(folder, 'kubectl'), 0o755);
      const [, script] = /```sh\n([\s\S]*?)```/.exec(page('install.md'))!;
      const environment = {
        PATH: `${folder}:${process.env.PATH}`,
        POSTGRES: 'postgres:5432',
        PARAMETERS: '',
        ACCOUNTS_PASSWORD: 'a',
        LEDGER_PASSWORD: 'b',
        SCHEDULER_PASSWORD: 'c',
        WEBHOOKS_PASSWORD: 'd',
      };
      const made = execFileSync('bash', ['-euc', script!], { encoding: 'utf8', env: environment })
        .split('\n')
        .filter((line) => line.startsWith('--from-literal='));
      const values = new Map(
        made.map((line) => [
          line.slice('--from-literal='.length).split('=')[0]!,
          line.slice(line.indexOf('=', '--from-literal='.length) + 1),
        ]),
      );
      const asked = resources(rendered('small'))
        .flatMap(({ spec }) => spec?.template?.spec.containers ?? [])
        .flatMap(({ env = [] }) => env)
        .flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef.key] : []))
        .filter((key) => !key.startsWith('stripe-'));
      expect([...values.keys()].sort()).toEqual([...new Set(asked)].sort());
      expect([...values].filter(([name, value]) => value.length < (name.startsWith('database-url-') ? 1 : 32))).toEqual(
        [],
      );
      expect(Buffer.from(values.get('secrets-key')!, 'base64')).toHaveLength(32);
      expect(values.get('database-url-ledger')).toBe('postgresql://ledger:b@postgres:5432/ledger');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(VALUES)('list every image that an air-gapped cluster needs for %s', (values) => {
    const listed = execFileSync('bash', ['-c', "sed -n 's/^ *image: //p' | sort -u"], {
      encoding: 'utf8',
      input: rendered(values),
    })
      .trim()
      .split('\n');
    const used = resources(rendered(values))
      .flatMap(({ spec }) => [
        ...(spec?.containers ?? []),
        ...(spec?.template?.spec.containers ?? []),
        ...(spec?.template?.spec.initContainers ?? []),
      ])
      .map(({ image }) => image);
    expect(listed).toEqual([...new Set(used)].sort());
    expect(page('install.md')).toContain("| sed -n 's/^ *image: //p' | sort -u");
  });

  it('tell after the install how to make the first operator, account and credit, and where the Secret is', () => {
    const { output } = tool('helm', [
      'install',
      'us-video-api',
      join(__dirname, '..', '..', 'charts', 'us-video-api'),
      '--dry-run=client',
      '--namespace',
      'video',
      '--values',
      valuesFile('small'),
    ]);
    expect(output).toMatch(
      /NOTES:[^]*us-video-api-secrets[^]*admin\/v1\/operators[^]*admin\/v1\/accounts[^]*"account_name"[^]*\/credit/,
    );
  });
});
