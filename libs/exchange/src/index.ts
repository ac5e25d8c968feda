export * from './exchange-client';
export * from './exchange-server';
