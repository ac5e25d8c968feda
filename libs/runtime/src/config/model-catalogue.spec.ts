import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, readConfig } from './config';
import { catalogueSettings, configuredModels } from './model-catalogue';

const schema = z.object(catalogueSettings);
const read = (env: Record<string, string>) => configuredModels(readConfig(schema, env));

const own = {
  id: 'wan-2.2',
  description: 'Wan 2.2',
  job_class: 'video',
  modes: ['text_to_video'],
  resolutions: ['480p', '720p'],
  aspect_ratios: ['16:9'],
  max_duration_seconds: 5,
};

function faultsOf(models: unknown): readonly string[] {
  try {
    read({ MODELS: JSON.stringify(models) });
  } catch (error) {
    return (error as ConfigError).faults;
  }
  return [];
}

describe('the catalogue of models', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'models-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read from a YAML file as deploy/engines shows it, with amounts in dollars', () => {
    const document = readFileSync(join(__dirname, '../../../../deploy/engines/README.md'), 'utf8');
    const file = join(folder, 'models.yaml');
    writeFileSync(file, /```yaml\n([\s\S]*?)```/.exec(document)![1]!);
    expect(read({ MODELS_FILE: file })).toEqual([
      {
        ...own,
        aliases: ['default', 'sora-2'],
        aspect_ratios: ['16:9', '9:16', '1:1'],
        expected_seconds: { '480p': 12, '720p': 45 },
        prices: { '480p': 100_000n, '720p': 250_000n },
        engines: 'own',
        remote_cost: {},
      },
    ]);
  });

  it('is nothing where nobody names one', () => expect(read({})).toBeUndefined());

  it.each<[string, unknown, string[]]>([
    ['no list', own, ['MODELS: the whole: Invalid input: expected array, received object']],
    ['an empty list', [], ['MODELS: the whole: Too small: expected array to have >=1 items']],
    ['a field that there is not', [{ ...own, price: 1 }], ['MODELS: [0]: Unrecognized key: "price"']],
    ['two ids of the same name', [own, own], ['MODELS: [1].id: is the id or an alias of another model, too']],
    [
      'an alias that is another id',
      [own, { ...own, id: 'other', aliases: ['new', 'wan-2.2'] }],
      ['MODELS: [1].aliases[1]: is the id or an alias of another model, too'],
    ],
    [
      'a price of nothing',
      [{ ...own, prices: { '480p': 0 } }],
      ['MODELS: [0].prices.480p: is an amount in US dollars above 0 with at most 6 decimals'],
    ],
    [
      'a price and a time of what is not sold',
      [{ ...own, prices: { '1080p': 1 }, expected_seconds: { '1080p': 1 } }],
      [
        'MODELS: [0].expected_seconds.1080p: is not among its resolutions',
        'MODELS: [0].prices.1080p: is not among its resolutions',
      ],
    ],
    [
      'hosted engines at an unknown cost',
      [{ ...own, engines: 'remote', remote_cost: { '480p': 0.05 } }],
      ['MODELS: [0].remote_cost.720p: is required where engines is own_then_remote or remote'],
    ],
    [
      'two policies of one class',
      [own, { ...own, id: 'other', engines: 'remote', remote_cost: { '480p': 0.05, '720p': 0.1 } }],
      ['MODELS: [1].engines: is another than that of the model before it with the same job_class'],
    ],
  ])('refuses %s, naming the field and the rule', (_, models, faults) => {
    expect(faultsOf(models)).toEqual(faults);
  });

  it.each([
    [{ MODELS: '{' }, 'MODELS: is no YAML or JSON'],
    [{ MODELS_FILE: '/no/such/file.yaml' }, 'MODELS_FILE: names no file that can be read'],
  ])('refuses %p', (env, fault) => {
    expect(() => read(env)).toThrow(fault);
  });

  it('has one source', () => {
    const file = join(folder, 'again.yaml');
    writeFileSync(file, JSON.stringify([own]));
    expect(() => read({ MODELS: JSON.stringify([own]), MODELS_FILE: file })).toThrow(
      'MODELS: is not set beside MODELS_FILE',
    );
  });
});
