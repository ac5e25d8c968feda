import type { Terms } from '@usvideo/contracts/scheduler';
import type { CatalogueModel } from '@usvideo/runtime';
import type { Environment } from '../job/job';

export type { CatalogueModel };

/** The class of every test job: the sandbox engine renders it, whatever its model is. */
export const SANDBOX_CLASS = 'sandbox';

/** What is offered where nobody has configured anything. */
export const TEST_PICTURE: CatalogueModel = {
  id: 'test-picture',
  aliases: ['default'],
  description: 'A moving test picture drawn from the prompt and the seed. A test engine, not AI.',
  job_class: 'procedural',
  modes: ['text_to_video', 'image_to_video'],
  resolutions: ['480p', '720p', '1080p'],
  aspect_ratios: ['16:9', '9:16', '1:1'],
  max_duration_seconds: 10,
  expected_seconds: {},
  prices: {},
  engines: 'own',
  remote_cost: {},
};

/** An empty name asks for the first of the catalogue. Undefined also when the model cannot do what the terms ask for: to the caller it is the same, not a model for this request. */
export function modelFor(catalogue: readonly CatalogueModel[], terms: Terms): CatalogueModel | undefined {
  const model =
    terms.model === ''
      ? catalogue[0]
      : catalogue.find(({ id, aliases }) => id === terms.model || aliases.includes(terms.model));
  const able =
    model?.modes.some((mode) => mode === terms.mode) &&
    model.resolutions.some((resolution) => resolution === terms.resolution) &&
    (terms.aspectRatio === '' || model.aspect_ratios.some((ratio) => ratio === terms.aspectRatio)) &&
    terms.durationSeconds <= model.max_duration_seconds;
  return able ? model : undefined;
}

export function classOf(model: CatalogueModel, environment: Environment): string {
  return environment === 'test' ? SANDBOX_CLASS : model.job_class;
}

/** For models whose catalogue does not say it. */
const SECONDS_PER_VIDEO_SECOND: Readonly<Record<string, number>> = { '480p': 0.5, '720p': 1, '1080p': 2.25 };

/** What fairness charges at dispatch until the real time is known: by pixels and length, as the catalogue says of the model. */
export function expectedGpuMs(
  catalogue: readonly CatalogueModel[],
  { model, resolution, durationSeconds }: Pick<Terms, 'model' | 'resolution' | 'durationSeconds'>,
): number {
  const own: Readonly<Record<string, number>> = catalogue.find(({ id }) => id === model)?.expected_seconds ?? {};
  return Math.ceil((own[resolution] ?? SECONDS_PER_VIDEO_SECOND[resolution] ?? 1) * 1_000 * durationSeconds);
}
