import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { engineError } from './attempt-failure';
import { FRAMES_PER_SECOND, type Size } from './contract-pixels';
import { runFfmpeg } from './ffmpeg.process';
import { type Mp4Probe, probeMp4 } from './mp4-file.store';
import type { Provenance } from './provenance.process';

export interface ConformOptions extends Size {
  readonly ffmpeg: string;
  /** What the engine gave, in any container and size. */
  readonly file: string;
  readonly engineName: string;
  readonly frames: number;
  readonly scratchDir: string;
  readonly signal: AbortSignal;
  /** Absent: it is not signed. */
  readonly provenance?: Pick<Provenance, 'sign'> | undefined;
}

/** A file that keeps the contract: probed, not assumed. */
export interface ConformedVideo extends Size {
  readonly file: string;
  readonly thumbnail: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly frames: number;
  readonly durationMs: number;
  readonly hasAudio: boolean;
}

const FRAMES_OFF_MAX = 1;
const FRAME_MS = 1_000 / FRAMES_PER_SECOND;
const THUMBNAIL_WIDTH_MAX = 640;
/** Baseline, Main and High: eight bits and 4:2:0, which every player knows. */
const PLAYABLE_PROFILES = [66, 77, 100];

/**
 * Brings what an engine gave to the contract's pixels and length, or refuses it: longer is trimmed, another size is scaled and
 * cropped, shorter by more than a frame is the engine's error and never sold.
 */
export async function conform(options: ConformOptions): Promise<ConformedVideo> {
  const { engineName, provenance, scratchDir, signal } = options;
  const conformed = join(scratchDir, 'conformed.mp4');
  let faults = await writeMp4(conformed, options, ['-c:v', 'copy']);
  if (faults.length > 0) faults = await writeMp4(conformed, options, reencoding(options));
  if (faults.length > 0) throw engineError(`the engine's video has ${faults.join(', ')}`);
  const file = provenance ? await provenance.sign(conformed, engineName, scratchDir, signal) : conformed;
  const { width, height, frames, durationMs, audioCodec } = await probeMp4(file);
  const [thumbnail, sha256, { size: sizeBytes }] = await Promise.all([
    drawThumbnail(file, options),
    sha256Of(file),
    stat(file),
  ]);
  return { file, thumbnail, width, height, frames, durationMs, hasAudio: audioCodec !== undefined, sizeBytes, sha256 };
}

/** Answers in what the file written breaks the contract. */
async function writeMp4(file: string, options: ConformOptions, codec: readonly string[]): Promise<string[]> {
  const { ffmpeg, frames, engineName, signal } = options;
  await runFfmpeg(
    ffmpeg,
    [
      '-fflags',
      '+bitexact',
      '-i',
      options.file,
      '-map',
      '0:v:0',
      ...codec,
      '-frames:v',
      String(frames),
      ...sound(frames),
      '-map_metadata',
      '-1',
      '-metadata',
      `comment=AI-generated video, engine: ${engineName}`,
      '-video_track_timescale',
      '24000',
      '-fflags',
      '+bitexact',
      '-movflags',
      '+faststart',
      file,
    ],
    signal,
  );
  return faultsOf(await probeMp4(file), options);
}

function faultsOf(made: Mp4Probe, { width, height, frames }: ConformOptions): string[] {
  return [
    made.codec !== 'avc1' && `the codec ${made.codec}`,
    made.codec === 'avc1' && !PLAYABLE_PROFILES.includes(made.profile) && `the profile ${made.profile}`,
    (made.width !== width || made.height !== height) && `${made.width} x ${made.height} pixels`,
    Math.abs(frames - made.frames) > FRAMES_OFF_MAX && `${made.frames} frames of ${frames}`,
    Math.abs(made.durationMs - frames * FRAME_MS) > FRAMES_OFF_MAX * FRAME_MS + 1 &&
      `a length of ${made.durationMs} ms`,
    !made.hasSquarePixels && 'pixels that are not square',
    !['mp4a', undefined].includes(made.audioCodec) && `the audio codec ${made.audioCodec}`,
    !made.fastStart && 'its index after its media',
  ].filter((fault) => fault !== false);
}

/** What an engine made is kept, as what every player plays, and ends with the picture. */
function sound(frames: number): string[] {
  return [
    '-map',
    '0:a:0?',
    '-filter:a',
    `atrim=end=${(frames * FRAME_MS) / 1_000},aresample=48000`,
    '-c:a',
    'aac',
    '-b:a',
    '192k',
    '-flags:a',
    '+bitexact',
  ];
}

/** Colours are said to be BT.709 and are made so: players guess at what is not said, and guess differently. */
function reencoding({ width, height }: Size): string[] {
  const square = `scale=w=if(gt(sar\\,1)\\,trunc(iw*sar/2)*2\\,iw):h=if(lt(sar\\,1)\\,trunc(ih/sar/2)*2\\,ih),setsar=1`;
  const scale = `scale=${width}:${height}:force_original_aspect_ratio=increase:out_color_matrix=bt709:out_range=tv`;
  const filter = `${square},${scale},crop=${width}:${height},setsar=1,fps=${FRAMES_PER_SECOND}`;
  return [
    '-vf',
    filter,
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '20',
    '-bf',
    '0',
    '-pix_fmt',
    'yuv420p',
    '-threads',
    '2',
    '-flags:v',
    '+bitexact',
    '-colorspace',
    'bt709',
    '-color_primaries',
    'bt709',
    '-color_trc',
    'bt709',
    '-color_range',
    'tv',
  ];
}

async function drawThumbnail(file: string, { ffmpeg, scratchDir, signal }: ConformOptions): Promise<string> {
  const thumbnail = join(scratchDir, 'thumbnail.jpg');
  await runFfmpeg(
    ffmpeg,
    [
      '-i',
      file,
      '-frames:v',
      '1',
      '-vf',
      `scale=min(${THUMBNAIL_WIDTH_MAX}\\,iw):-2`,
      '-q:v',
      '3',
      '-fflags',
      '+bitexact',
      '-flags:v',
      '+bitexact',
      '-f',
      'image2',
      thumbnail,
    ],
    signal,
  );
  return thumbnail;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
