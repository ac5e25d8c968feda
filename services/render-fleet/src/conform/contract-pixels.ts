/** What the customer bought, in pixels and frames: the contract of section 3 of the REST reference. */
export const FRAMES_PER_SECOND = 24;

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SIDES: Readonly<Record<string, { readonly long: number; readonly short: number }>> = {
  '480p': { long: 854, short: 480 },
  '720p': { long: 1280, short: 720 },
  '1080p': { long: 1920, short: 1080 },
};

const RATIOS: Readonly<Record<string, number>> = { '16:9': 16 / 9, '9:16': 9 / 16, '1:1': 1 };

export const DEFAULT_ASPECT_RATIO = '16:9';

/** @throws RangeError for a resolution or ratio that the contract does not have: the scheduler admits none. */
export function pixelsOf(resolution: string, aspectRatio: string): Size {
  const sides = SIDES[resolution];
  if (!sides || !(aspectRatio in RATIOS)) throw new RangeError(`no contract pixels for ${resolution} ${aspectRatio}`);
  if (aspectRatio === '1:1') return { width: sides.short, height: sides.short };
  return aspectRatio === '9:16'
    ? { width: sides.short, height: sides.long }
    : { width: sides.long, height: sides.short };
}

export function framesOf(durationSeconds: number): number {
  return durationSeconds * FRAMES_PER_SECOND;
}

/** Nearest by how much of the picture a centre crop would cut away, so 1.3 is as far from 1 as 1 / 1.3. */
export function nearestAspectRatio({ width, height }: Size): string {
  const distance = (name: string) => Math.abs(Math.log(width / height / RATIOS[name]!));
  return Object.keys(RATIOS).reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
