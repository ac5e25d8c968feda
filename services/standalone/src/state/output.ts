import type { Logger } from '@usvideo/runtime';

/** Where the services write, and who hears of the steps of a start. */
export interface Output {
  log(service: string): Logger;
  announce(step: string): void;
}
