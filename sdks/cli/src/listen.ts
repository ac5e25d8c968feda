import { USVideoError } from '../../typescript/src/index.ts';
import type { Command } from './command.ts';

export const listen: Command = {
  summary: 'Forward the account\'s events to a local address (not in this version).',
  options: { 'forward-to': { help: 'where to', value: 'URL' } },
  async run() {
    throw new USVideoError({
      code: 'unavailable',
      message: 'The platform has no feed of events for `listen` to read yet. Until it has, give `--webhook-url` an address that the platform reaches.',
    });
  },
};
