import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SigningFiles {
  /** What whoever verifies has to trust. */
  readonly anchors: string;
  readonly certificate: string;
  readonly key: string;
}

const EXTENSIONS = `
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/** An authority of its own and an operator's certificate of it, as C2PA wants them; for two days. */
export async function signingFiles(folder: string): Promise<SigningFiles> {
  const at = (name: string) => join(folder, name);
  const curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const authority = '/C=US/O=Example Operator/CN=Example Authority';
  const operator = '/C=US/O=Example Operator/CN=Example Video';
  await writeFile(at('extensions'), EXTENSIONS);
  for (const name of ['authority.key', 'operator.key']) await run('openssl', ['genpkey', ...curve, '-out', at(name)]);
  await run('openssl', [
    ...['req', '-x509', '-key', at('authority.key'), '-subj', authority, '-days', '2', '-out', at('authority.pem')],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  await run('openssl', ['req', '-new', '-key', at('operator.key'), '-subj', operator, '-out', at('operator.csr')]);
  await run('openssl', [
    ...['x509', '-req', '-in', at('operator.csr'), '-CA', at('authority.pem'), '-CAkey', at('authority.key')],
    ...['-set_serial', '1', '-days', '2', '-extfile', at('extensions'), '-out', at('operator.pem')],
  ]);
  return { anchors: at('authority.pem'), certificate: at('operator.pem'), key: at('operator.key') };
}
