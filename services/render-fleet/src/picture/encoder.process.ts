import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { engineError } from '../conform/attempt-failure';
import { FRAMES_PER_SECOND, type Size } from '../conform/contract-pixels';
import { PictureCounter } from './transport-stream';

export interface EncodingOptions {
  readonly ffmpeg: string;
  /** Planar YUV 4:2:0 frames of `drawn` size. A frame is read to its end before the next one is asked for. */
  readonly frames: AsyncIterable<Uint8Array>;
  readonly drawn: Size;
  readonly encoded: Size;
  /** `small` files take a little more time; `quick` gives out each picture as soon as it is drawn. */
  readonly effort: keyof typeof EFFORTS;
  /** An MPEG transport stream. */
  readonly file: string;
  readonly onProgress: (framesEncoded: number) => void;
  readonly signal: AbortSignal;
}

const EFFORTS = {
  small: ['-preset', 'veryfast'],
  quick: ['-preset', 'ultrafast', '-tune', 'zerolatency'],
} as const;
const VIDEO_PID = 0x100;
/** Fixed, because the bitstream depends on it and the same request is to give the same bytes on every machine. */
const ENCODER_THREADS = 2;
const CONSTANT_QUALITY = 21;
const KILLED = 'SIGKILL';
const STDERR_KEPT_CHARACTERS = 2_000;

/**
 * Encodes frames with ffmpeg. Progress is what has come out of the encoder, not what went in: pictures are counted in the
 * transport stream it writes, so that a stopped encoder is a standing progress. No B-frames: time stamps then need no edit
 * list and a clip can be cut after any frame.
 */
export async function encodeFrames(options: EncodingOptions): Promise<void> {
  const { ffmpeg, frames, file, onProgress, signal } = options;
  signal.throwIfAborted();
  const child = spawn(ffmpeg, encoderParameters(options), { stdio: ['pipe', 'pipe', 'pipe'] });
  // Nothing less ends an encoder that has been stopped.
  const kill = () => {
    child.kill(KILLED);
  };
  signal.addEventListener('abort', kill);
  const complaints = keepTail(child);
  const ended = endOf(child);
  const counter = new PictureCounter(VIDEO_PID);
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      counter.push(chunk);
      onProgress(counter.pictures);
      yield chunk;
    }
  };
  const steps = [feed(child.stdin, frames), pipeline(child.stdout, counted, createWriteStream(file))];
  const failures: unknown[] = [];
  await Promise.all(
    steps.map((step) =>
      step.catch((error: unknown) => {
        failures.push(error);
        kill();
      }),
    ),
  );
  const end = await ended;
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  // An encoder that gave up says why; the broken pipes beside it are only the echo. One that we killed has nothing to say.
  if (end && !(failures.length > 0 && end === KILLED)) throw engineError(`the encoder ended with ${end}`, complaints());
  if (failures.length > 0) throw failures[0];
}

function encoderParameters({ drawn, encoded, effort }: EncodingOptions): string[] {
  const scaling =
    drawn.width === encoded.width && drawn.height === encoded.height
      ? []
      : ['-vf', `scale=${encoded.width}:${encoded.height}:flags=bilinear`];
  return [
    '-hide_banner',
    '-nostats',
    '-loglevel',
    'error',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'yuv420p',
    '-s',
    `${drawn.width}x${drawn.height}`,
    '-r',
    String(FRAMES_PER_SECOND),
    '-i',
    'pipe:0',
    ...scaling,
    '-c:v',
    'libx264',
    ...EFFORTS[effort],
    '-crf',
    String(CONSTANT_QUALITY),
    '-pix_fmt',
    'yuv420p',
    '-bf',
    '0',
    '-g',
    String(2 * FRAMES_PER_SECOND),
    '-threads',
    String(ENCODER_THREADS),
    '-colorspace',
    'bt709',
    '-color_primaries',
    'bt709',
    '-color_trc',
    'bt709',
    '-color_range',
    'tv',
    '-fflags',
    '+bitexact',
    '-flags:v',
    '+bitexact',
    '-map_metadata',
    '-1',
    '-f',
    'mpegts',
    '-mpegts_start_pid',
    String(VIDEO_PID),
    '-flush_packets',
    '1',
    'pipe:1',
  ];
}

async function feed(input: Writable, frames: AsyncIterable<Uint8Array>): Promise<void> {
  // A pipe that breaks outside of a write would otherwise be an unhandled event; the next write reports it.
  input.on('error', () => undefined);
  for await (const frame of frames) {
    await new Promise<void>((resolve, reject) => input.write(frame, (error) => (error ? reject(error) : resolve())));
  }
  input.end();
}

/** Empty after a success, else what it ended with. Never rejects: a program that cannot be started has ended too. */
async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signalName] = (await once(child, 'exit')) as [number | null, string | null];
    return code === 0 ? '' : (signalName ?? `code ${code}`);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'an error';
  }
}

function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT_CHARACTERS);
  });
  return () => tail.trim();
}
