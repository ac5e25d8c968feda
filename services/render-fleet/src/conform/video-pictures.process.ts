import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from './ffmpeg.process';

const PICTURES = 4;
const WIDTH_MAX = 640;

/** Pictures from the whole length of a video, as JPEG, for whoever judges it. */
export async function picturesOf(
  ffmpeg: string,
  { file, frames }: { readonly file: string; readonly frames: number },
  scratchDir: string,
  signal: AbortSignal,
): Promise<Buffer[]> {
  const step = Math.max(1, Math.floor((frames - 1) / (PICTURES - 1)));
  const filter = `select=not(mod(n\\,${step})),scale=min(${WIDTH_MAX}\\,iw):-2`;
  await runFfmpeg(
    ffmpeg,
    [
      '-i',
      file,
      '-vf',
      filter,
      '-vsync',
      '0',
      '-frames:v',
      String(PICTURES),
      '-q:v',
      '4',
      join(scratchDir, 'picture-%d.jpg'),
    ],
    signal,
  );
  const names = (await readdir(scratchDir)).filter((name) => /^picture-\d\.jpg$/.test(name)).sort();
  return Promise.all(names.map((name) => readFile(join(scratchDir, name))));
}
