import { signLink } from '@usvideo/artifacts';
import { jobObject, type JobView } from './job-object';

export interface LinkSettings {
  readonly secret: string;
  readonly publicUrl: string;
}

/** Turns views into the JSON that customers see. */
export class JobRenderer {
  constructor(private readonly links: LinkSettings) {}

  json(view: JobView): string {
    return JSON.stringify(
      jobObject(view, new Date(), (jobId, key, expiresAt) => signLink({ ...this.links, jobId, key, expiresAt })),
    );
  }
}
