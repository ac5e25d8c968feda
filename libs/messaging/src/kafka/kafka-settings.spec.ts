import { ConfigError, readConfig } from '@usvideo/runtime';
import { z } from 'zod';
import { connectionOf } from './kafka-process';
import { kafkaSettings } from './kafka-settings';

const read = (env: Record<string, string>) => readConfig(z.object(kafkaSettings), env);

describe('the settings of Kafka', () => {
  it('need brokers and nothing else', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092, b:9092' })).toMatchObject({ KAFKA_BROKERS: ['a:9092', 'b:9092'], KAFKA_SSL: false, KAFKA_NAME_PREFIX: '', KAFKA_REPLICATION_FACTOR: 1 });
    expect(() => read({})).toThrow(ConfigError);
    expect(() => read({})).toThrow(/KAFKA_BROKERS: is required/);
  });

  it('name what is missing beside a certificate or a token', () => {
    const connection = (env: Record<string, string>) => () => connectionOf(read({ KAFKA_BROKERS: 'a:9092', ...env }));
    expect(connection({ KAFKA_SSL: 'true', KAFKA_SSL_CERT: 'cert' })).toThrow('KAFKA_SSL_KEY: is required with KAFKA_SSL_CERT');
    expect(connection({ KAFKA_SSL: 'true', KAFKA_SSL_KEY: 'key' })).toThrow('KAFKA_SSL_CERT: is required with KAFKA_SSL_KEY');
    expect(connection({ KAFKA_SSL_CERT: 'cert', KAFKA_SSL_KEY: 'key' })).toThrow('KAFKA_SSL_CERT: is shown over TLS only, and KAFKA_SSL is false');
    expect(connection({ KAFKA_SASL_MECHANISM: 'oauthbearer' })).toThrow('KAFKA_SASL_TOKEN_FILE: is required with KAFKA_SASL_MECHANISM=oauthbearer');
    expect(connection({ KAFKA_SSL: 'true', KAFKA_SSL_CERT: 'cert', KAFKA_SSL_KEY: 'key', KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_TOKEN_FILE: '/token' })())
      .toEqual({ brokers: ['a:9092'], ssl: { cert: 'cert', key: 'key' }, sasl: { mechanism: 'oauthbearer', tokenFile: '/token' } });
  });

  it('know TLS and the ways to log in', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092', KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'scram-sha-512' })).toMatchObject({ KAFKA_SSL: true, KAFKA_SASL_MECHANISM: 'scram-sha-512' });
    expect(() => read({ KAFKA_BROKERS: 'a:9092', KAFKA_SASL_MECHANISM: 'kerberos' })).toThrow(/KAFKA_SASL_MECHANISM/);
  });
});
