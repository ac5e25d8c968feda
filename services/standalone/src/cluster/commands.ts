import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Part } from './part';
import { ServicePart } from './service-part';
import { statusTable } from './status-table';

const HELP = `  status              what runs, and how it is
  stop <part>         stops it until it is started again: an outage
  start <part>        starts it
  kill <part>         kill -9; it starts again by itself
  pause <part>        freezes a service's process, as behind a broken network
  resume <part>       lets it go on
  quit                stops everything (as Ctrl-C does)
  <part> is a name from the table, or a service's name for all of its replicas`;

/** Lines typed where the cluster runs: look at it, take parts away, bring them back. */
export class Commands {
  constructor(
    private readonly parts: readonly Part[],
    private readonly show: (text: string) => void,
    private readonly quit: () => void,
  ) {}

  listen(input: Readable): void {
    createInterface({ input, terminal: false }).on('line', (line) => {
      this.execute(line.trim()).catch((error: Error) => this.show(error.message));
    });
  }

  status(): string {
    return statusTable(this.parts.map((part) => part.row()));
  }

  private async execute(line: string): Promise<void> {
    const [command = '', name = ''] = line.split(/\s+/);
    if (command === '') return;
    if (command === 'status') return this.show(this.status());
    if (command === 'quit') return this.quit();
    const act = ACTIONS[command];
    if (act === undefined) return this.show(HELP);
    const chosen = this.parts.filter((part) => part.name === name || part.name.replace(/-\d+$/, '') === name);
    if (chosen.length === 0)
      return this.show(`There is no part "${name}": ${this.parts.map((part) => part.name).join(', ')}`);
    await Promise.all(chosen.map(act));
    this.show(`${command} ${name}: done`);
  }
}

const ACTIONS: Readonly<Record<string, (part: Part) => void | Promise<void>>> = {
  stop: (part) => part.stop(),
  start: (part) => part.start(),
  kill: (part) => part.kill(),
  pause: (part) => serviceOnly(part).pause(),
  resume: (part) => serviceOnly(part).resume(),
};

function serviceOnly(part: Part): ServicePart {
  if (part instanceof ServicePart) return part;
  throw new Error(`${part.name} cannot be paused: stop it or kill it`);
}
