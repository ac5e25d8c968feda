import { federatedName, federatedRole, readRoleMap } from './federated-role';

const roles = readRoleMap(['ops=operator', 'helpdesk=support', 'cn=audit,dc=example=auditor'])!;

it.each([
  ['ops', 'operator'],
  [['helpdesk', 'ops'], 'operator'],
  [['everybody', 'helpdesk'], 'support'],
  [['cn=audit,dc=example'], 'auditor'],
  [['everybody'], undefined],
  [undefined, undefined],
  [{ ops: true }, undefined],
  [[['ops']], undefined],
])('%j is the role %s', (claim, role) => expect(federatedRole(claim, roles)).toBe(role));

it.each([[['ops']], [['ops=king']], [['=operator']], [['ops=']]])('%j maps nothing', (pairs) =>
  expect(readRoleMap(pairs)).toBeUndefined(),
);

it.each([
  ['Ann.Lee@example.com', 'ann.lee'],
  ['ann+work@example.com', 'ann-work'],
  ['_ann_@example.com', 'ann'],
  ['"@"@example.com', ''],
])('%s is named %s', (email, name) => expect(federatedName(email)).toBe(name));
