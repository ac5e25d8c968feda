import { ConfigError, readConfig } from '@usvideo/runtime';
import { z } from 'zod';
import { kafkaSettings } from './kafka-settings';

const read = (env: Record<string, string>) => readConfig(z.object(kafkaSettings), env);

describe('the settings of Kafka', () => {
  it('need brokers and nothing else', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092, b:9092' })).toMatchObject({ KAFKA_BROKERS: ['a:9092', 'b:9092'], KAFKA_SSL: false, KAFKA_NAME_PREFIX: '', KAFKA_REPLICATION_FACTOR: 1 });
    expect(() => read({})).toThrow(ConfigError);
    expect(() => read({})).toThrow(/KAFKA_BROKERS: is required/);
  });

  it('know TLS and the three ways to log in', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092', KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'scram-sha-512' })).toMatchObject({ KAFKA_SSL: true, KAFKA_SASL_MECHANISM: 'scram-sha-512' });
    expect(() => read({ KAFKA_BROKERS: 'a:9092', KAFKA_SASL_MECHANISM: 'kerberos' })).toThrow(/KAFKA_SASL_MECHANISM/);
  });
});
