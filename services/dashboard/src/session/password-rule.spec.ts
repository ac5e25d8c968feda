import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD_CHARACTERS_MIN } from './password-rule';

it('asks for as many characters of a password as the platform', () => {
  const contract = readFileSync(join(__dirname, '../../../../libs/contracts/src/text.ts'), 'utf8');
  expect(contract).toContain(`PASSWORD_CHARACTERS_MIN = ${PASSWORD_CHARACTERS_MIN};`);
});
