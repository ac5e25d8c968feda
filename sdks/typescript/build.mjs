// Both module formats, each with its own types, so that `import` and `require` see the same package.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
rmSync('dist', { recursive: true, force: true });
const formats = { esm: ['--module', 'nodenext'], cjs: ['--module', 'commonjs', '--moduleResolution', 'node10'] };
for (const [format, options] of Object.entries(formats)) {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', `dist/${format}`, ...options], {
    stdio: 'inherit',
  });
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
copyFileSync('../../LICENSE', 'LICENSE');
