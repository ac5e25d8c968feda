import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { absent } from '@usvideo/testing';
import { parseAllDocuments } from 'yaml';

const ROOT = join(__dirname, '..', '..');
const TOOLS = process.env.CHART_TOOLS ?? join(ROOT, '.tools', 'chart');

export const CHART = join(ROOT, 'charts', 'us-video-api');
export const SCHEMAS = join(TOOLS, 'schemas', '{{.ResourceKind}}{{.KindSuffix}}.json');
/** The files under charts/us-video-api/ci/, without their ending. */
export const VALUES = ['small', 'production', 'enterprise', 'ci'] as const;

export interface Variable {
  readonly name: string;
  readonly value?: string;
  /** Of a Secret, or of the pod itself. */
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly Variable[];
}

interface Peer {
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}

interface PolicyRule {
  readonly ports?: readonly { readonly port: number | string }[];
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
}

/** As much of a resource as the tests look at. */
export interface Resource {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers?: readonly Container[];
    readonly template?: {
      readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
    };
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

/** Runs a tool of prepare.mjs. @returns what it wrote, and whether it was content */
export function tool(
  name: string,
  args: readonly string[],
  input = '',
): { readonly isContent: boolean; readonly said: string; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(join(TOOLS, 'bin', name), args, {
    encoding: 'utf8',
    input,
    cwd: ROOT,
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) throw error;
  return {
    isContent: status === 0,
    said: `${stdout}${stderr}`.replaceAll(/^level=INFO msg="found symbolic link.*\n?/gm, ''),
    output: stdout,
  };
}

export function valuesFile(name: string): string {
  return join(CHART, 'ci', `${name}-values.yaml`);
}

/** @throws with what helm said when it refuses */
export function rendered(values: string, ...args: string[]): string {
  const { isContent, said, output } = tool('helm', [
    'template',
    'us-video-api',
    CHART,
    '--namespace',
    'video',
    '--values',
    valuesFile(values),
    ...args,
  ]);
  if (!isContent) throw new Error(said);
  return output;
}

export function resources(manifests: string): Resource[] {
  return parseAllDocuments(manifests)
    .map((document) => document.toJS() as Resource | null)
    .filter((resource) => resource !== null);
}

/** A group of tests with the tools of prepare.mjs. Where these are not, they are counted as skipped, aloud; under CI=true they fail. */
export function describeChart(name: string, tests: () => void): void {
  if (existsSync(join(TOOLS, '.made-from'))) return describe(name, tests);
  absent(name, 'helm is not there: npm run chart makes it, with Go 1.26 or Python', { failsInCi: true });
}
