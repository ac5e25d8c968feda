// Makes what the platform has to keep secret, once, and gives each container its share: one folder of the volume each, which is all
// that it is shown. A secret that the environment names replaces the one that is kept.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const VOLUME = process.argv[2] ?? '/secrets';
const KEPT = join(VOLUME, 'kept', 'secrets.json');
const DATABASES = ['accounts', 'ledger', 'scheduler', 'webhooks'];
/** Who calls whom; libs/contracts/src/callers.ts says for what. */
const CALLERS = {
  accounts: ['gateway', 'scheduler', 'webhooks'],
  ledger: ['gateway', 'scheduler', 'webhooks'],
  scheduler: ['accounts', 'gateway', 'ledger', 'render-fleet', 'webhooks'],
  webhooks: ['gateway'],
};
const SERVICES = [...DATABASES, 'gateway', 'render-fleet'];

const token = () => randomBytes(32).toString('base64url');
const key = () => randomBytes(32).toString('base64');
const kept = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, 'utf8')) : {};

/** Kept from the first start on. */
function secret(name, make) {
  return (kept[name] = process.env[name] || kept[name] || make());
}

/** Whole or not at all. What a folder holds may be read by whoever is shown the folder, under whichever user. */
function write(file, text, mode = 0o444) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

const tokens = Object.fromEntries(SERVICES.map((service) => [service, secret(`token of ${service}`, token)]));
const passwords = Object.fromEntries(DATABASES.map((database) => [database, secret(`password of ${database}`, token)]));
const linkSecret = secret('LINK_SECRET', token);
const own = {
  accounts: { SECRETS_KEY: secret('SECRETS_KEY', key) },
  gateway: { LINK_SECRET: linkSecret, ADMIN_TOKEN: secret('ADMIN_TOKEN', () => `usv_admin_${token()}`) },
  ledger: { LEDGER_SIGNING_KEY: secret('LEDGER_SIGNING_KEY', key) },
  scheduler: { LINK_SECRET: linkSecret },
  webhooks: { SECRETS_KEY: secret('SECRETS_KEY', key) },
};

for (const service of SERVICES) {
  const settings = {
    SERVICE_TOKEN: tokens[service],
    ...(CALLERS[service] && {
      CALLER_TOKENS: CALLERS[service].map((caller) => `${caller}=${tokens[caller]}`).join(','),
    }),
    ...(passwords[service] && {
      DATABASE_URL: `postgresql://${service}:${passwords[service]}@postgres:5432/${service}`,
    }),
    ...own[service],
  };
  write(
    join(VOLUME, service, 'settings.env'),
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
}
for (const [role, password] of Object.entries({ postgres: secret('password of postgres', token), ...passwords })) {
  write(join(VOLUME, 'postgres', `${role}.password`), password);
}
write(join(VOLUME, 'grafana', 'admin.password'), secret('password of grafana', token));
write(KEPT, JSON.stringify(kept, null, 2), 0o400);
console.log(`The secrets of ${SERVICES.join(', ')}, PostgreSQL and Grafana are there.`);
