import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { absent, signingFiles, type SigningFiles } from '@usvideo/testing';
import { conform } from './conform.process';
import { locateFfmpeg } from './ffmpeg.process';
import { probeMp4 } from './mp4-file.store';
import { Provenance } from './provenance.process';

const run = promisify(execFile);
const ffmpeg = locateFfmpeg();
const folderOfLibrary = join(__dirname, '..', '..', 'provenance');
const signal = new AbortController().signal;

interface Verified {
  readonly validation_state: string;
  readonly active_manifest: string;
  readonly manifests: Readonly<Record<string, { readonly assertions: readonly { readonly label: string }[] }>>;
}

/** What the official library says of a video. */
async function verified(anchors: string, video: string): Promise<Verified> {
  const { stdout } = await run('python3', ['-B', join(folderOfLibrary, 'verify.py'), anchors, video]);
  return JSON.parse(stdout) as Verified;
}

function signs(): void {
  let folder: string;
  let files: SigningFiles;
  let video: string;
  const provenance = (over: Partial<SigningFiles> = {}) =>
    new Provenance({ ...files, ...over, algorithm: 'es256', python: 'python3' });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provenance-'));
    files = await signingFiles(folder);
    const given = join(folder, 'given.mp4');
    await run(ffmpeg, [
      ...['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=854x480:r=24:d=1'],
      ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', given],
    ]);
    const made = await conform({
      ...{ width: 854, height: 480, frames: 24, ffmpeg, file: given, engineName: 'openai-videos' },
      ...{ scratchDir: folder, signal, provenance: provenance() },
    });
    video = made.file;
    expect((await readFile(video)).byteLength).toBe(made.sizeBytes);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('under the certificate of the operator, who made it and that a trained model did', async () => {
    const { validation_state: state, manifests, active_manifest: active } = await verified(files.anchors, video);
    expect(state).toBe('Trusted');
    expect(manifests[active]).toMatchObject({
      claim_generator_info: [{ name: 'US Video API' }],
      signature_info: { issuer: 'Example Operator', common_name: 'Example Video' },
    });
    expect(manifests[active]!.assertions.find(({ label }) => label === 'c2pa.actions.v2')).toMatchObject({
      data: {
        actions: [
          {
            action: 'c2pa.created',
            softwareAgent: { name: 'openai-videos' },
            digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
          },
        ],
      },
    });
  });

  it('a file that keeps the contract, and says in its metadata that it is AI-generated', async () => {
    expect(await probeMp4(video)).toMatchObject({ width: 854, height: 480, frames: 24, fastStart: true });
    const said = await run(ffmpeg, ['-hide_banner', '-i', video]).catch(({ stderr }: { stderr: string }) => stderr);
    expect(said).toMatch(/comment +: AI-generated video, engine: openai-videos/);
  });

  it('so that a changed picture shows', async () => {
    const forged = join(folder, 'forged.mp4');
    await copyFile(video, forged);
    const file = await open(forged, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.from('forged'), 0, 6, size - 100);
    await file.close();
    expect(await verified(files.anchors, forged)).toMatchObject({ validation_state: 'Invalid' });
  });

  it('so that another authority does not vouch for it', async () => {
    const other = await signingFiles(await mkdtemp(join(folder, 'other-')));
    expect(await verified(other.anchors, video)).toMatchObject({ validation_state: 'Valid' });
  });

  it('only with a key that can, which is known before the first video', async () => {
    await expect(provenance().check()).resolves.toBeUndefined();
    await expect(provenance({ key: files.certificate }).check()).rejects.toThrow(/did not sign: .*PRIVATE KEY/);
    await expect(provenance({ key: join(folder, 'none.key') }).check()).rejects.toThrow('FileNotFoundError');
  });

  it('or the video is not sold', async () => {
    const unsigned = provenance({ key: files.certificate }).sign(video, 'openai-videos', folder, signal);
    await expect(unsigned).rejects.toMatchObject({ code: 'engine_error', retryable: true });
  });
}

if (existsSync(join(folderOfLibrary, 'packages', 'installed.lock'))) describe('a worker signs', signs);
else
  absent('a worker signs', 'the C2PA library is not there: services/render-fleet/provenance/install.sh gets it', {
    failsInCi: true,
  });
