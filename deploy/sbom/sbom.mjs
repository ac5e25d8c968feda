// sbom.mjs [--out FOLDER] [--tag TAG]: a bill of materials (CycloneDX) for the image of each service, of the packages that the lockfile
// puts into it, and a table of how many those are; with a tag also how large the image is that Docker has under it. Debian's packages
// are in the bill that the release's builder attaches to the image (SPDX).
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const MAKER = join(HERE, 'node_modules', '@cyclonedx', 'cyclonedx-npm', 'bin', 'cyclonedx-npm-cli.js');
const SERVICES = ['accounts', 'gateway', 'ledger', 'render-fleet', 'scheduler', 'webhooks'];

function main() {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: join(ROOT, '.data', 'sbom') }, tag: { type: 'string' } },
  });
  mkdirSync(values.out, { recursive: true });
  console.log(`| image | npm packages |${values.tag ? ' bytes |' : ''}\n|---|---|${values.tag ? '---|' : ''}`);
  for (const service of SERVICES) {
    const file = join(values.out, `${service}.cdx.json`);
    const packages = make(service, file);
    const size = values.tag ? ` ${bytesOf(`us-video-api/${service}:${values.tag}`)} |` : '';
    console.log(`| ${service} | ${packages.size} |${size}`);
  }
  console.log(`\nThe bills of materials are in ${values.out}`);
}

/** @returns the packages in it @throws where it has a hole, or something that only development needs */
function make(service, file) {
  const options = ['--package-lock-only', '--omit', 'dev', '--output-reproducible', '--output-file', file];
  run(process.execPath, [MAKER, ...options, '--workspace', `services/${service}`]);
  const packages = new Set([...componentsOf(JSON.parse(readFileSync(file, 'utf8')))].map(nameOf));
  const missing = asked(service).filter((name) => !packages.has(name));
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(', ')}, which ${service} asks for`);
  const tools = Object.keys(manifest('.').devDependencies).filter(
    (name) => packages.has(name) && !asked(service).includes(name) && !name.startsWith('@types/'),
  );
  const foreign = tools.filter((name) => lock().packages[`node_modules/${name}`]?.dev === true);
  if (foreign.length > 0) throw new Error(`${file} has ${foreign.join(', ')}, which only development needs`);
  return packages;
}

/** What the service's own manifest and those of the libraries that it uses name. */
function asked(service) {
  const names = new Set();
  const visit = (folder) => {
    for (const name of Object.keys(manifest(folder).dependencies ?? {})) {
      if (names.has(name)) continue;
      names.add(name);
      if (name.startsWith('@usvideo/')) visit(join('libs', name.slice('@usvideo/'.length)));
    }
  };
  visit(join('services', service));
  return [...names];
}

function* componentsOf({ components = [] }) {
  for (const component of components) {
    yield component;
    yield* componentsOf(component);
  }
}

function nameOf({ group, name }) {
  return group ? `${group}/${name}` : name;
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
}

function lock() {
  return JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
}

function bytesOf(image) {
  return run('docker', ['image', 'inspect', '--format', '{{.Size}}', image]).trim();
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}

main();
