import { ConfigError, configTable } from '@usvideo/runtime';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSchedulerConfig, schedulerSchema } from './config';

const settings = {
  GRPC_LISTEN: 'unix:/run/scheduler.sock',
  DATABASE_URL: 'postgres://localhost/scheduler',
  LEDGER_GRPC_URL: 'unix:/run/ledger.sock',
  LINK_SECRET: 'sixteen letters!',
  PUBLIC_URL: 'https://api.example',
};

it('offers the test picture unless told otherwise', () => {
  expect(readSchedulerConfig(settings).MODELS.map((model) => model.id)).toEqual(['test-picture']);
  const own = {
    id: 'own',
    description: 'd',
    job_class: 'gpu',
    modes: ['text_to_video'],
    resolutions: ['480p'],
    aspect_ratios: ['1:1'],
    max_duration_seconds: 4,
  };
  expect(readSchedulerConfig({ ...settings, MODELS: JSON.stringify([own]) }).MODELS).toEqual([
    { ...own, aliases: [], expected_seconds: {}, prices: {}, engines: 'own', remote_cost: {} },
  ]);
});

it.each(['{', '[]', '[{"id":"x"}]'])('refuses the catalogue %s by name', (MODELS) => {
  expect(() => readSchedulerConfig({ ...settings, MODELS })).toThrow(ConfigError);
  expect(() => readSchedulerConfig({ ...settings, MODELS })).toThrow(/MODELS: /);
});

it('is documented in the README as it is', () => {
  expect(readFileSync(join(__dirname, '..', 'README.md'), 'utf8')).toContain(configTable(schedulerSchema));
});
