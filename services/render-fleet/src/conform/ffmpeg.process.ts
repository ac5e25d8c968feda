import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { engineError } from './attempt-failure';

/** Remuxing a clip of ten seconds takes well under a second; more means that the program hangs. */
const RUN_TIMEOUT_MS = 120_000;

const run = promisify(execFile);

/** A path that is set wins, then the program that came with the install, then whatever PATH has. */
export function locateFfmpeg(configuredPath?: string): string {
  return configuredPath ?? installedFfmpeg() ?? 'ffmpeg';
}

/** The installer throws where it has no build for the platform. */
function installedFfmpeg(): string | undefined {
  try {
    return (require('@ffmpeg-installer/ffmpeg') as { path: string }).path;
  } catch {
    return undefined;
  }
}

/** @throws AttemptFailure engine_error when it fails or hangs; the cause has the program's own words. */
export async function runFfmpeg(ffmpeg: string, parameters: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await run(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...parameters], {
      signal,
      killSignal: 'SIGKILL',
      timeout: RUN_TIMEOUT_MS,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw engineError('the video could not be processed', error);
  }
}
