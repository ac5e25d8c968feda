import { dictionary } from '@zxcvbn-ts/language-common';
import { isEasilyGuessed } from './password-strength';

const common = new Set(dictionary['passwords-common']);
const own = ['ann.smith@example.com', 'Acme Pictures'];

test.each([
  'motherfucker',
  'administrator',
  'qwerty123456',
  'password1234',
  'Password1234!',
  'passwordpassword',
  'P@ssw0rd!!!!',
  '123456789012',
  '112233445566',
  'iloveyou123456',
  'aaaaaaaaaaaa',
  'abababababab',
  '!!!!????!!!!',
  'ann.smith@example.com',
  'ann.smith123',
  'acmepictures',
  'Pictures1234',
])('%j is tried first', (password) => expect(isEasilyGuessed(password, common, own)).toBe(true));

test.each([
  'correct horse battery',
  'd41d8cd9-8f00-4b20',
  'my dog eats 7 socks',
  'Zk3vWq9pLm2x',
  'пароль для видео',
  'acme pictures are my favourite',
])('%j is not', (password) => {
  expect(isEasilyGuessed(password, common, own)).toBe(false);
});

test('the longest allowed password is looked at in no time', () => {
  const start = performance.now();
  for (let index = 0; index < 100; index++) isEasilyGuessed(`${'ab1!'.repeat(63)}${index}`, common, own);
  expect(performance.now() - start).toBeLessThan(1_000);
});
