import 'reflect-metadata';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { type ArtifactStore, DiskArtifactStore } from '@usvideo/artifacts';
import { GuardedHttpClient, Lifecycle, type Logger, type Service } from '@usvideo/runtime';
import type { GatewayConfig } from './config';
import { ADMIN_OPERATIONS, PUBLIC_OPERATIONS } from './domain/operations';
import { Access } from './inbound/access';
import { AccountController } from './inbound/account.controller';
import { AdminMoneyController } from './inbound/admin-money.controller';
import { AdminEventsController } from './inbound/admin-events.controller';
import { AdminProofController } from './inbound/admin-proof.controller';
import { AdminController } from './inbound/admin.controller';
import { ApiKeysController } from './inbound/api-keys.controller';
import { BillingController } from './inbound/billing.controller';
import { type HttpServerOptions, startHttpServer } from './inbound/http-server';
import { JobWaits } from './inbound/job-wait';
import { MediaController } from './inbound/media.controller';
import { OpenStreams } from './inbound/open-streams';
import { PaymentsController } from './inbound/payments.controller';
import { ReferenceController } from './inbound/reference.controller';
import { RegistrationController } from './inbound/registration.controller';
import { Settings } from './inbound/settings';
import { StatementsController } from './inbound/statements.controller';
import { ARTIFACTS } from './inbound/tokens';
import { TopUpsController } from './inbound/top-ups.controller';
import { UsageController } from './inbound/usage.controller';
import { VideoOrders } from './inbound/video-order';
import { VideosController } from './inbound/videos.controller';
import { FirstFrameStore } from './outbound/first-frame.store';
import { KeyVerifier } from './outbound/key-verifier';
import { Peers } from './outbound/peers';
import { RateLimiter } from './outbound/rate-limiter';
import { Registration } from './outbound/registration';
import { UsageReports } from './outbound/usage-reports';
import { UrlGuard } from './outbound/url-guard';

export { gatewayProcessSchema, readGatewayConfig, type GatewayConfig } from './config';
export { openApiDocument } from './domain/openapi';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly logger: Logger;
}

export interface RunningGateway extends Service {
  readonly port: number;
  readonly adminPort: number;
}

class PublicModule {}
class AdminModule {}

const PUBLIC_CONTROLLERS = [
  VideosController, BillingController, UsageController, StatementsController, TopUpsController, PaymentsController, AccountController, ApiKeysController, RegistrationController, MediaController, ReferenceController,
];
const ADMIN_CONTROLLERS = [AdminController, AdminEventsController, AdminMoneyController, AdminProofController];

/** The public API and the admin port over the four services. */
export async function startGateway({ config, logger }: GatewayOptions): Promise<RunningGateway> {
  const lifecycle = new Lifecycle(logger);
  try {
    const peers = new Peers(config, logger);
    lifecycle.add('connections to services', () => peers.stop());
    const outbound = new GuardedHttpClient({ allowCidrs: config.OUTBOUND_ALLOW_CIDRS, ...(config.OUTBOUND_PROXY === undefined ? {} : { proxy: config.OUTBOUND_PROXY }) });
    lifecycle.add('outbound client', () => outbound.stop());
    const parts = assemble(config, logger, peers, outbound);
    const shared = { access: parts.access, trustedProxies: config.TRUSTED_PROXIES, logger };
    const admin = await startHttpServer({ ...shared, ...listenerOf('admin', AdminModule, ADMIN_CONTROLLERS, parts.providers), operations: ADMIN_OPERATIONS, host: config.ADMIN_HOST, port: config.ADMIN_PORT });
    lifecycle.add('admin port', () => admin.stop());
    const api = await startHttpServer({ ...shared, ...listenerOf('public', PublicModule, PUBLIC_CONTROLLERS, parts.providers), operations: PUBLIC_OPERATIONS, host: config.HOST, port: config.PORT });
    lifecycle.add('public port', () => api.stop());
    // Streams end first, or the public port would wait for them.
    lifecycle.add('open streams', () => parts.streams.stop());
    return { port: api.port, adminPort: admin.port, ready: () => peers.ready(), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

function assemble(config: GatewayConfig, logger: Logger, peers: Peers, outbound: GuardedHttpClient) {
  const keys = new KeyVerifier(peers.accounts);
  const limiter = new RateLimiter(peers.exchange, config.GATEWAY_REPLICAS);
  const streams = new OpenStreams();
  const artifacts: ArtifactStore = new DiskArtifactStore(`${config.DATA_DIR}/artifacts`);
  const settings = new Settings(
    config.PUBLIC_URL.replace(/\/+$/, ''), config.LINK_SECRET, config.SUPPORT_URL, config.REGISTRATION, config.SIGNUP_CREDIT_USD,
  );
  const instances = [
    peers, keys, limiter, streams, settings,
    new VideoOrders(new UrlGuard(outbound), new FirstFrameStore(artifacts)), new JobWaits(peers.scheduler, streams), new Registration(peers, logger), new UsageReports(peers),
  ];
  const providers: Provider[] = [
    ...instances.map((instance) => ({ provide: instance.constructor, useValue: instance })),
    { provide: ARTIFACTS, useValue: artifacts },
  ];
  const access = new Access({ keys, limiter, adminToken: config.ADMIN_TOKEN, supportUrl: config.SUPPORT_URL });
  return { access, streams, providers };
}

function listenerOf(listener: string, module: Type, controllers: Type[], providers: Provider[]): Pick<HttpServerOptions, 'listener' | 'module'> {
  const dynamic: DynamicModule = { module, controllers, providers };
  return { listener, module: dynamic };
}
