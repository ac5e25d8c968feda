// The S3 server that the artifact store is tested with, made from a pinned Go module in .tools/s3. Made again only when its versions change.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { go, goEnvironment } from '../go-modules.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = process.env.S3_SERVER_TOOLS ?? join(HERE, '..', '..', '.tools', 's3');
const STAMP = join(OUT, '.made-from');

const wanted = createHash('sha256')
  .update(readFileSync(join(HERE, 'server', 'go.mod')))
  .update(readFileSync(join(HERE, 'server', 'go.sum')))
  .digest('hex');
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
  console.log(
    '• Compiling versitygw, a server that speaks S3, from Go modules (once; one to two minutes on two cores)',
  );
  mkdirSync(OUT, { recursive: true });
  go(
    ['build', '-ldflags', '-s -w', '-o', `${OUT}/`, 'github.com/versity/versitygw/cmd/versitygw'],
    join(HERE, 'server'),
    goEnvironment(OUT),
  );
  writeFileSync(STAMP, wanted);
}
