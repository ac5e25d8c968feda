import { z } from 'zod';
import { ConfigError, configTable, list, readConfig, secret } from './config';

const schema = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080).describe('Where the API listens.'),
  DATABASE_URL: z.string().describe('PostgreSQL to use.'),
  LINK_SECRET: secret().describe('Signs links | verifies them.'),
  REGISTRATION: z.enum(['open', 'closed']).default('open').describe('Who may register.'),
  SUPPORT_URL: z.url().optional().describe('Shown in errors.'),
  ALLOWED: list().describe('Ranges.'),
  STRICT: z.stringbool().default(false).describe('Refuse more.'),
});
const given = { DATABASE_URL: 'postgres://localhost/x', LINK_SECRET: 'hunter2' };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('reads what is given, fills in what is not, and turns text into what it means', () => {
    expect(
      readConfig(schema, { ...given, PORT: '9000', ALLOWED: '10.0.0.0/8, fd00::/8,', STRICT: 'true', OTHER: 'x' }),
    ).toEqual({
      ...given,
      PORT: 9000,
      REGISTRATION: 'open',
      ALLOWED: ['10.0.0.0/8', 'fd00::/8'],
      STRICT: true,
    });
  });

  it('takes an empty variable as one that is not set', () => {
    expect(readConfig(schema, { ...given, PORT: '', SUPPORT_URL: '' })).toMatchObject({ PORT: 8080, ALLOWED: [] });
  });

  it('names every fault at once', () => {
    const faults = faultsOf({ PORT: '99999', REGISTRATION: 'sometimes', SUPPORT_URL: 'nonsense' });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'PORT',
      'DATABASE_URL',
      'LINK_SECRET',
      'REGISTRATION',
      'SUPPORT_URL',
    ]);
    expect(faults[1]).toBe('DATABASE_URL: is required');
  });

  it('never quotes a value', () => {
    const secretish = 'hunter2hunter2';
    const faults = faultsOf({
      PORT: secretish,
      DATABASE_URL: 'x',
      LINK_SECRET: 'x',
      REGISTRATION: secretish,
      SUPPORT_URL: secretish,
      STRICT: secretish,
    });
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain(secretish);
  });
});

describe('configTable', () => {
  it('writes a row per variable and shows no secret', () => {
    expect(configTable(schema)).toBe(
      [
        '| variable | meaning | default |',
        '|---|---|---|',
        '| `PORT` | Where the API listens. | `8080` |',
        '| `DATABASE_URL` | PostgreSQL to use. | required |',
        '| `LINK_SECRET` | Signs links \\| verifies them. **Secret.** | required |',
        '| `REGISTRATION` | Who may register. | `open` |',
        '| `SUPPORT_URL` | Shown in errors. | unset |',
        '| `ALLOWED` | Ranges. | empty |',
        '| `STRICT` | Refuse more. | `false` |',
      ].join('\n'),
    );
  });

  it('shows a secret as one behind a default, and not the default', () => {
    const table = configTable(
      z.object({ KEY: secret().default('insecure').describe('A key.'), MAYBE: secret().optional() }),
    );
    expect(table).toContain('| `KEY` | A key. **Secret.** | set |');
    expect(table).toContain('| `MAYBE` |  **Secret.** | unset |');
  });
});
