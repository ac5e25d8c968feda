import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { VERSION } from '@usvideo/runtime';
import { engineError } from './attempt-failure';
import { type C2paAlgorithm, manifestOf } from './provenance';

export interface ProvenanceOptions {
  /** Files: a PEM chain with the signer's own certificate first, and its key in PKCS#8. */
  readonly certificate: string;
  readonly key: string;
  readonly algorithm: C2paAlgorithm;
  /** An RFC 3161 authority whose time the signature carries. */
  readonly timestamps?: string | undefined;
  readonly python: string;
}

const PROGRAM = join(__dirname, '..', '..', 'provenance', 'sign.py');
/** A signature takes a tenth of a second, and a round trip to the authority of its time. */
const SIGN_TIMEOUT_MS = 30_000;
const COMPLAINT_CHARACTERS_MAX = 500;

/** Says in every video, under the operator's own certificate, that it is AI-generated and by whom: C2PA, by its official library. */
export class Provenance {
  constructor(private readonly options: ProvenanceOptions) {}

  /** @throws Error when certificate and key cannot sign, or the library is not there. */
  async check(): Promise<void> {
    await this.run([], '', new AbortController().signal);
  }

  /** @returns the signed copy. @throws AttemptFailure engine_error: a video is not sold without its signature. */
  async sign(file: string, engineName: string, scratchDir: string, signal: AbortSignal): Promise<string> {
    const signed = join(scratchDir, 'signed.mp4');
    try {
      await this.run([file, signed], JSON.stringify(manifestOf(engineName, VERSION)), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw engineError('the video could not be signed', error);
    }
    return signed;
  }

  private async run(files: readonly string[], manifest: string, signal: AbortSignal): Promise<void> {
    const { python, certificate, key, algorithm, timestamps = '' } = this.options;
    const child = spawn(python, ['-B', PROGRAM, certificate, key, algorithm, timestamps, ...files], {
      stdio: ['pipe', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
      timeout: SIGN_TIMEOUT_MS,
    });
    // A program that ends early has not read all of it; its own words say why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(manifest);
    const [complaint, code] = await Promise.all([
      text(child.stderr),
      new Promise<number | null>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', resolve);
      }),
    ]);
    if (code !== 0)
      throw new Error(
        `the C2PA library did not sign: ${complaint.slice(0, COMPLAINT_CHARACTERS_MAX) || `code ${code}`}`,
      );
  }
}
