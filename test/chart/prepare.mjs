// What the chart is tested with, made from pinned Go modules in .tools/chart: helm, helm-unittest, kubeconform and kube-score, and the
// schemas of Kubernetes and of the operators whose resources the chart may make. Made again only when this folder changes.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { go, goEnvironment } from '../go-modules.mjs';
import { schemasOfDefinition, schemasOfSwagger } from './schemas.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = process.env.CHART_TOOLS ?? join(HERE, '..', '..', '.tools', 'chart');
const STAMP = join(OUT, '.made-from');
/** The module that has the schemas of Kubernetes itself, and those that have definitions of custom resources, with their folder. */
const KUBERNETES = 'k8s.io/kubernetes@v1.37.2';
const OPERATORS = {
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': 'example/prometheus-operator-crd',
  'github.com/kedacore/keda/v2@v2.20.2': 'config/crd/bases',
  'sigs.k8s.io/gateway-api@v1.6.3': 'config/crd/standard',
  'github.com/external-secrets/external-secrets@v1.3.2': 'config/crds/bases',
  'github.com/cloudnative-pg/cloudnative-pg@v1.27.0': 'config/crd/bases',
  'github.com/argoproj/argo-cd/v3@v3.1.8': 'manifests/crds',
  'github.com/fluxcd/helm-controller@v1.4.0': 'config/crd/bases',
};

function main() {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  const environment = goEnvironment(OUT);
  const started = Date.now();
  console.log(
    '• Compiling helm, helm-unittest, kubeconform and kube-score from Go modules (once; two to six minutes on two cores)',
  );
  mkdirSync(join(OUT, 'bin'), { recursive: true });
  for (const folder of ['tools', 'tools/score'])
    go(['build', '-ldflags', '-s -w', '-o', `${join(OUT, 'bin')}/`, 'tool'], join(HERE, folder), environment);
  makeSchemas(environment);
  writeFileSync(STAMP, wanted);
  console.log(`  made in ${((Date.now() - started) / 1_000).toFixed(0)} s`);
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of [
    'prepare.mjs',
    'schemas.mjs',
    '../go-modules.mjs',
    'tools/go.mod',
    'tools/go.sum',
    'tools/score/go.mod',
    'tools/score/go.sum',
  ])
    hash.update(readFileSync(join(HERE, file)));
  return hash.digest('hex');
}

/** @returns the folder of a module */
function module(name, environment) {
  return JSON.parse(go(['mod', 'download', '-json', name], OUT, { ...environment, GOWORK: 'off' })).Dir;
}

function makeSchemas(environment) {
  const folder = join(OUT, 'schemas');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const save = ({ file, schema }) => writeFileSync(join(folder, file), JSON.stringify(schema));
  schemasOfSwagger(
    JSON.parse(readFileSync(join(module(KUBERNETES, environment), 'api', 'openapi-spec', 'swagger.json'), 'utf8')),
  ).forEach(save);
  for (const [name, where] of Object.entries(OPERATORS)) {
    const definitions = join(module(name, environment), where);
    for (const file of readdirSync(definitions).filter((each) => each.endsWith('.yaml'))) {
      const documents = parseAllDocuments(readFileSync(join(definitions, file), 'utf8')).map((document) =>
        document.toJS(),
      );
      documents
        .filter((each) => each?.kind === 'CustomResourceDefinition')
        .flatMap(schemasOfDefinition)
        .forEach(save);
    }
  }
}

main();
