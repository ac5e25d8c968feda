import { brokerProperties, type BrokerLayout } from './kafka-broker-properties';

const LAYOUT: BrokerLayout = { dataDir: '/data', ports: { plain: 1, secure: 2, controller: 3 } };

function properties(changes: Partial<BrokerLayout>): Record<string, string> {
  const lines = brokerProperties({ ...LAYOUT, ...changes })
    .trim()
    .split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

test('a broker without security listens once', () => {
  expect(properties({})).toMatchObject({
    listeners: 'PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:3',
    'advertised.listeners': 'PLAINTEXT://127.0.0.1:1',
    'log.dirs': '/data/log',
  });
});

test('with a certificate it has a second listener that speaks TLS', () => {
  expect(properties({ tlsPemFile: '/data/tls.pem' })).toMatchObject({
    'advertised.listeners': 'PLAINTEXT://127.0.0.1:1,SECURE://127.0.0.1:2',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SSL',
    'listener.name.secure.ssl.keystore.location': '/data/tls.pem',
  });
});

test('with a login for PLAIN the second listener knows the user', () => {
  const login = { mechanism: 'plain', username: 'usvideo', password: 'known' } as const;
  expect(properties({ login })).toMatchObject({
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_PLAINTEXT',
    'listener.name.secure.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.secure.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_usvideo="known";',
  });
});

test('with a login for SCRAM and a certificate it asks for both', () => {
  const login = { mechanism: 'scram-sha-256', username: 'usvideo', password: 'known' } as const;
  const text = properties({ login, tlsPemFile: '/data/tls.pem' });
  expect(text['listener.security.protocol.map']).toContain('SECURE:SASL_SSL');
  expect(text['listener.name.secure.sasl.enabled.mechanisms']).toBe('SCRAM-SHA-256');
  expect(JSON.stringify(text)).not.toContain('known');
});

test('a door is a listener of its own that tells its clients another address', () => {
  expect(properties({ doors: [{ port: 4, advertised: '127.0.0.1:5' }] })).toMatchObject({
    listeners: 'PLAINTEXT://127.0.0.1:1,DOOR1://127.0.0.1:4,CONTROLLER://127.0.0.1:3',
    'advertised.listeners': 'PLAINTEXT://127.0.0.1:1,DOOR1://127.0.0.1:5',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:PLAINTEXT,DOOR1:PLAINTEXT',
  });
});
