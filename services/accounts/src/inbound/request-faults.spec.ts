import { newKeyFaults, overlapFaults, registrationFaults } from './request-faults';

const good = { email: 'ann@example.com', password: 'correct horse', accountName: 'Acme', plan: 'standard' };

test('a good registration has no faults, with a password and without', () => {
  expect(registrationFaults(good)).toEqual([]);
  expect(registrationFaults({ ...good, password: '' })).toEqual([]);
});

test('all faults are named at once', () => {
  const faults = registrationFaults({ email: 'ann', password: 'short', accountName: '  ', plan: 'gold' });
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['email', 'password', 'account_name', 'plan']);
});

test('a name of 200 characters is not too long, whatever the characters', () => {
  expect(registrationFaults({ ...good, accountName: '🐻'.repeat(200) })).toEqual([]);
  expect(registrationFaults({ ...good, accountName: '🐻'.repeat(201) })).toHaveLength(1);
});

test.each(['ann@example.com\n', 'a b@example.com', `${'x'.repeat(250)}@a.io`, 'ann@example', 'a\u0000@example.com'])(
  'refuses the address %j',
  (email) => {
    expect(registrationFaults({ ...good, email })).toHaveLength(1);
  },
);

test('a key has an environment, a name and known scopes', () => {
  expect(newKeyFaults({ environment: 'live', name: 'CI', scopes: ['videos', 'keys:manage'] })).toEqual([]);
  expect(newKeyFaults({ environment: 'prod', name: 'a\u0000', scopes: ['root'] })).toHaveLength(3);
  expect(newKeyFaults({ environment: 'live', name: 'CI', scopes: [] })).toEqual([
    'scopes must name at least one scope',
  ]);
});

test.each([-1, 0.5, 604_801])('refuses an overlap of %d seconds', (seconds) => {
  expect(overlapFaults(seconds)).toHaveLength(1);
});
