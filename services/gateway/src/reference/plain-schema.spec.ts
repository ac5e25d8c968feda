import { plainSchema } from './plain-schema';

describe('a schema for all generators', () => {
  it.each([
    [
      'has null among its types',
      { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
      { type: ['string', 'null'], format: 'date-time' },
    ],
    [
      'keeps null among its values',
      { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'keeps null beside a reference',
      { anyOf: [{ $ref: '#/a' }, { type: 'null' }] },
      { anyOf: [{ $ref: '#/a' }, { type: 'null' }] },
    ],
    [
      'says of objects that each value is one',
      { anyOf: [{ $ref: '#/a' }, { $ref: '#/b' }] },
      { oneOf: [{ $ref: '#/a' }, { $ref: '#/b' }] },
    ],
    ['has amounts as text', { type: ['number', 'string', 'null'], minimum: 0 }, { type: ['string', 'null'] }],
    [
      'says its default in words',
      { type: 'integer', default: 5, description: 'Seconds.' },
      { type: 'integer', description: 'Seconds. 5 by default.' },
    ],
    [
      'says several defaults in words',
      { type: 'array', default: ['a', 'b'] },
      { type: 'array', description: 'a, b by default.' },
    ],
    [
      'has no bounds of a language',
      { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      { type: 'integer', format: 'int64' },
    ],
    [
      'names values that are no names',
      { type: 'string', enum: ['480p', '720p'] },
      { type: 'string', enum: ['480p', '720p'], 'x-enum-varnames': ['P480', 'P720'] },
    ],
    [
      'is mended inside, too',
      { type: 'object', properties: { default: { type: 'boolean', default: false } } },
      { type: 'object', properties: { default: { type: 'boolean', description: 'false by default.' } } },
    ],
  ])('%s', (_, given, plain) => {
    expect(plainSchema(given)).toEqual(plain);
  });
});
