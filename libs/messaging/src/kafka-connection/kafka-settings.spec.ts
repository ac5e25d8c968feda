import { ConfigError, readConfig } from '@usvideo/runtime';
import { z } from 'zod';
import { connectionOf } from '../kafka/kafka-process';
import { kafkaSettings } from './kafka-settings';

const read = (env: Record<string, string>) => readConfig(z.object(kafkaSettings), env);

describe('the settings of Kafka', () => {
  it('need brokers and nothing else', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092, b:9092' })).toMatchObject({
      KAFKA_BROKERS: ['a:9092', 'b:9092'],
      KAFKA_SSL: false,
      KAFKA_NAME_PREFIX: '',
      KAFKA_REPLICATION_FACTOR: 1,
    });
    expect(() => read({})).toThrow(ConfigError);
    expect(() => read({})).toThrow(/KAFKA_BROKERS: is required/);
    expect(() => read({ KAFKA_BROKERS: 'a:9092,kafka' })).toThrow(/KAFKA_BROKERS: must be host:port/);
    expect(read({ KAFKA_BROKERS: '[::1]:9092' })).toMatchObject({ KAFKA_BROKERS: ['[::1]:9092'] });
  });

  it("make a connection with a client's certificate, whose halves go together", () => {
    const pems = {
      KAFKA_BROKERS: 'a:9092',
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA: 'ca',
      KAFKA_SSL_CERT: 'cert',
      KAFKA_SSL_KEY: 'key',
    };
    expect(connectionOf(read(pems)).ssl).toEqual({ ca: 'ca', cert: 'cert', key: 'key' });
    expect(() => connectionOf(read({ ...pems, KAFKA_SSL_KEY: '' }))).toThrow(/KAFKA_SSL_CERT: goes with KAFKA_SSL_KEY/);
  });

  it('say where the tokens of oauthbearer come from', () => {
    const oauth = {
      KAFKA_BROKERS: 'a:9092',
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_SASL_USERNAME: 'id',
      KAFKA_SASL_PASSWORD: 'secret',
    };
    expect(() => connectionOf(read(oauth))).toThrow(/KAFKA_OAUTH_TOKEN_URL: is required/);
    expect(connectionOf(read({ ...oauth, KAFKA_OAUTH_TOKEN_URL: 'https://idp.example.com/token' })).sasl).toEqual({
      mechanism: 'oauthbearer',
      token: expect.any(Function),
    });
  });

  it('know TLS and the ways to log in', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092', KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'scram-sha-512' })).toMatchObject({
      KAFKA_SSL: true,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
    });
    expect(() => read({ KAFKA_BROKERS: 'a:9092', KAFKA_SASL_MECHANISM: 'kerberos' })).toThrow(/KAFKA_SASL_MECHANISM/);
  });
});
