import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const DEPLOY = join(__dirname, '..', '..', 'deploy');

type Needs = Readonly<Record<string, { readonly condition: string }>>;

/** As much of a container's description as the tests look at. */
export interface Container {
  readonly image: string;
  readonly build?: { readonly args?: { readonly SERVICE: string } };
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly logging?: object;
  readonly restart?: string;
  readonly healthcheck?: object;
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly (string | { readonly source: string; readonly volume: { readonly subpath: string } })[];
  readonly depends_on?: Needs;
}

export interface Composition {
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

export function textOf(file: string): string {
  return readFileSync(join(DEPLOY, file), 'utf8');
}

/** A compose file as it is for an installation that sets nothing. */
export function composition(file: string): Composition {
  return parse(withDefaults(textOf(file)), { merge: true }) as Composition;
}

/** `${NAME:-default}` and `${NAME:+where it is set}`, from the inside out. */
function withDefaults(text: string): string {
  const replaced = text.replaceAll(/\$\{[A-Z0-9_]+:(?:-([^{}]*)|\+[^{}]*)\}/g, '$1');
  return replaced === text ? text : withDefaults(replaced);
}

/** The variables that an installation may set. */
export function variablesIn(file: string): string[] {
  return [...new Set([...textOf(file).matchAll(/\$\{([A-Z0-9_]+)/g)].map((match) => match[1]!))].sort();
}
