// One file with the SDK inside: `npx usvideo` installs nothing else.
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/usvideo.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'none',
});
chmodSync('dist/usvideo.mjs', 0o755);
copyFileSync('../../LICENSE', 'LICENSE');
