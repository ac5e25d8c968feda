// The SDK goes inside, so that the provider has one peer only, which `ai` brings along.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
for (const [format, outfile] of [
  ['esm', 'dist/index.mjs'],
  ['cjs', 'dist/index.cjs'],
]) {
  await build({
    entryPoints: ['src/index.ts'],
    outfile,
    bundle: true,
    platform: 'neutral',
    format,
    target: 'es2022',
    external: ['@ai-sdk/provider'],
  });
}
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(
  process.execPath,
  [
    tsc,
    'src/index.ts',
    '--declaration',
    '--emitDeclarationOnly',
    '--outDir',
    'dist/types',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2023,dom,dom.iterable,dom.asynciterable',
    '--strict',
    '--skipLibCheck',
    '--allowImportingTsExtensions',
    '--types',
    'node',
  ],
  { stdio: 'inherit' },
);
copyFileSync('dist/types/ai-sdk-provider/src/index.d.ts', 'dist/index.d.ts');
rmSync('dist/types', { recursive: true });
copyFileSync('../../LICENSE', 'LICENSE');
