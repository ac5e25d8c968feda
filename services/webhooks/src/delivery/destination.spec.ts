import { isolationKey } from './destination';

test.each([
  ['https://Hooks.Example.com/a?b', 'acc_1 https://hooks.example.com:443'],
  ['https://hooks.example.com:443/c', 'acc_1 https://hooks.example.com:443'],
  ['http://hooks.example.com/', 'acc_1 http://hooks.example.com:80'],
  ['https://hooks.example.com:8443/', 'acc_1 https://hooks.example.com:8443'],
  ['nonsense', 'acc_1 no server'],
  ['https://[2001:db8::1]/', 'acc_1 https://[2001:db8::1]:443'],
])('%s belongs to %s', (url, key) => {
  expect(isolationKey('acc_1', url)).toBe(key);
});
