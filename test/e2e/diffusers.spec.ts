import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDiffusers } from './describe-diffusers';

const root = join(__dirname, '..', '..');
const DEMO_MS = 600_000;
const NAME = 'npm run demo -- --engine diffusers --tiny';

function demo(dataDir: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(
      process.execPath,
      [join(root, 'services/standalone/dist/demo.js'), '--engine', 'diffusers', '--tiny'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir },
      },
    );
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

describeDiffusers(NAME, () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'usv-diffusers-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it(
    'takes a prompt through hold, real pipeline, conformed file, webhook and capture, with every claim true',
    async () => {
      const { code, output } = await demo(dataDir);
      expect({ code, output }).toMatchObject({
        code: 0,
        output: expect.stringContaining('Everything above was true.'),
      });
      for (const claim of [
        'its price is held',
        'exactly 854×480',
        'both signatures verified',
        'capture',
        'no difference',
        'random weights',
      ])
        expect(output).toContain(claim);
      expect(existsSync(/file {8}(\S+\.mp4)/.exec(output)![1]!)).toBe(true);
    },
    DEMO_MS,
  );
});
