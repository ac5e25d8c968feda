import type { Terms } from '@usvideo/contracts/scheduler';
import type { Environment } from '../job/job';

/** The class of every test job: the sandbox engine renders it, whatever its model is. */
export const SANDBOX_CLASS = 'sandbox';

/** One entry of the catalogue that customers choose from. */
export interface CatalogueModel {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly description: string;
  /** What an engine must be able to do to render live jobs of this model. */
  readonly job_class: string;
  readonly modes: readonly string[];
  readonly resolutions: readonly string[];
  readonly aspect_ratios: readonly string[];
  readonly max_duration_seconds: number;
}

export const TEST_PICTURE: CatalogueModel = {
  id: 'test-picture',
  aliases: ['default'],
  description: 'A moving test picture drawn from the prompt and the seed. A test engine, not AI.',
  job_class: 'procedural',
  modes: ['text_to_video', 'image_to_video'],
  resolutions: ['480p', '720p', '1080p'],
  aspect_ratios: ['16:9', '9:16', '1:1'],
  max_duration_seconds: 10,
};

/** An empty name asks for the first of the catalogue. Undefined also when the model cannot do what the terms ask for: to the caller it is the same, not a model for this request. */
export function modelFor(catalogue: readonly CatalogueModel[], terms: Terms): CatalogueModel | undefined {
  const model =
    terms.model === ''
      ? catalogue[0]
      : catalogue.find(({ id, aliases }) => id === terms.model || aliases.includes(terms.model));
  const able =
    model?.modes.includes(terms.mode) &&
    model.resolutions.includes(terms.resolution) &&
    (terms.aspectRatio === '' || model.aspect_ratios.includes(terms.aspectRatio)) &&
    terms.durationSeconds <= model.max_duration_seconds;
  return able ? model : undefined;
}

export function classOf(model: CatalogueModel, environment: Environment): string {
  return environment === 'test' ? SANDBOX_CLASS : model.job_class;
}

const MS_PER_VIDEO_SECOND: Readonly<Record<string, number>> = { '480p': 500, '720p': 1_000, '1080p': 2_250 };

/** What fairness charges at dispatch until the real time is known: proportional to pixels and length. */
export function expectedGpuMs(terms: Pick<Terms, 'resolution' | 'durationSeconds'>): number {
  return (MS_PER_VIDEO_SECOND[terms.resolution] ?? 1_000) * terms.durationSeconds;
}
