import { execFile } from 'node:child_process';
import { openSync, readSync, closeSync, fstatSync } from 'node:fs';
import { promisify } from 'node:util';
import ffprobe from '@ffprobe-installer/ffprobe';

export interface VideoFacts {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly framesPerSecond: number;
  readonly seconds: number;
  readonly bytes: number;
  /** The index stands before the media, so that playing starts before the file has arrived. */
  readonly fastStart: boolean;
  readonly comment: string;
}

/** Decodes the whole file, so that a frame counts only if it can be seen. */
export async function probeVideo(file: string): Promise<VideoFacts> {
  const { stdout } = await promisify(execFile)(
    ffprobe.path,
    [
      '-v',
      'error',
      '-count_frames',
      '-select_streams',
      'v:0',
      '-of',
      'json',
      '-show_entries',
      'stream=codec_name,width,height,nb_read_frames,r_frame_rate:format=duration,size:format_tags=comment',
      file,
    ],
    { timeout: 60_000 },
  );
  const {
    streams: [stream],
    format,
  } = JSON.parse(stdout) as {
    streams: { codec_name: string; width: number; height: number; nb_read_frames: string; r_frame_rate: string }[];
    format: { duration: string; size: string; tags?: { comment?: string } };
  };
  if (!stream) throw new Error('the file has no video stream');
  const [rate, base] = stream.r_frame_rate.split('/').map(Number) as [number, number];
  return {
    codec: stream.codec_name,
    width: stream.width,
    height: stream.height,
    frames: Number(stream.nb_read_frames),
    framesPerSecond: rate / base,
    seconds: Number(format.duration),
    bytes: Number(format.size),
    fastStart: indexComesFirst(file),
    comment: format.tags?.comment ?? '',
  };
}

/** Walks the top-level boxes of an MP4: `moov` before `mdat`. */
function indexComesFirst(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(16);
    for (let at = 0; at < fstatSync(handle).size;) {
      readSync(handle, header, 0, 16, at);
      const kind = header.toString('latin1', 4, 8);
      if (kind === 'moov' || kind === 'mdat') return kind === 'moov';
      const size = header.readUInt32BE(0);
      at += size === 1 ? Number(header.readBigUInt64BE(8)) : size;
      if (size === 0) return false;
    }
    return false;
  } finally {
    closeSync(handle);
  }
}
