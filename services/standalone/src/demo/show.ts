import { parseArgs } from 'node:util';
import type { Environment } from '@usvideo/runtime';
import type { EngineModel } from './diffusers-engine';

/** What one run of the demo orders, and what has to come of it. */
export interface Show {
  readonly request: { readonly prompt: string; readonly resolution: string; readonly duration: number };
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly priceMicros: number;
  /** What the picture is, for the last line. */
  readonly picture: string;
}

export type Choice =
  { readonly engine: 'procedural' } | { readonly engine: 'diffusers'; readonly model: string | undefined };

const PROMPT = 'A lighthouse in a storm, waves breaking over the rocks, slow dolly in';
const USAGE = 'npm run demo [-- --engine diffusers (--tiny | --model FOLDER_OR_HUB_ID)]';

/** @throws with the usage when the arguments say something else. */
export function readChoice(args: readonly string[]): Choice {
  const { engine, tiny, model } = parsed(args);
  if (engine === undefined && tiny === undefined && model === undefined) return { engine: 'procedural' };
  if (engine !== 'diffusers' || (tiny === true) === (model !== undefined)) throw new Error(USAGE);
  return { engine: 'diffusers', model };
}

function parsed(args: readonly string[]): {
  engine?: string | undefined;
  tiny?: boolean | undefined;
  model?: string | undefined;
} {
  try {
    return parseArgs({
      args: [...args],
      options: { engine: { type: 'string' }, tiny: { type: 'boolean' }, model: { type: 'string' } },
    }).values;
  } catch {
    throw new Error(USAGE);
  }
}

/** A processor draws noise from random weights: the shortest and smallest clip that is sold. */
export function showOf(choice: Choice): Show {
  if (choice.engine === 'procedural') {
    return {
      request: { prompt: PROMPT, resolution: '720p', duration: 5 },
      width: 1280,
      height: 720,
      frames: 120,
      priceMicros: 1_250_000,
      picture:
        'It is a test picture drawn by the procedural engine, not AI: see "Real video on one GPU" in the README.',
    };
  }
  const duration = choice.model === undefined ? 1 : 5;
  return {
    request: { prompt: PROMPT, resolution: '480p', duration },
    width: 854,
    height: 480,
    frames: 24 * duration,
    priceMicros: 100_000 * duration,
    picture:
      choice.model === undefined
        ? 'It is noise, rendered step by step by a diffusion pipeline of random weights: `-- --engine diffusers --model …` takes real ones.'
        : `It was rendered by ${choice.model}.`,
  };
}

/** How the platform is told of the engine: its class of job, its grid, and the one model that customers may choose. */
export function settingsOf(
  url: string,
  { id, pipeline, modes, size_multiple, frame_step, fps }: EngineModel,
): Environment {
  const model = {
    id,
    aliases: ['default'],
    description: `${pipeline} on diffusers`,
    job_class: 'video',
    modes,
    resolutions: ['480p', '720p'],
    aspect_ratios: ['16:9', '9:16', '1:1'],
    max_duration_seconds: 5,
  };
  return {
    ENGINES: 'openai-videos,sandbox',
    ENGINE_URL: url,
    ENGINE_DIALECT: 'diffusers',
    ENGINE_MODEL: id,
    ENGINE_JOB_CLASSES: 'video',
    ENGINE_SIDE_MULTIPLE: String(size_multiple),
    ENGINE_FRAME_STEP: String(frame_step),
    ENGINE_FPS: String(fps),
    MODELS: JSON.stringify([model]),
  };
}
