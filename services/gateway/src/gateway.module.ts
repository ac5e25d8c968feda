import 'reflect-metadata';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { openArtifactStore } from '@usvideo/artifacts';
import { GuardedHttpClient, Lifecycle, type Logger, type Service } from '@usvideo/runtime';
import type { GatewayConfig } from './config';
import { ADMIN_OPERATIONS, PUBLIC_OPERATIONS } from './operations/operations';
import { OPENAI_OPERATIONS } from './openai/openai-operations';
import { OPENAI_PROTOCOL } from './openai/openai-protocol';
import { OpenAiVideosController } from './openai/openai-videos.controller';
import { Access } from './access/access.http';
import type { Operations } from './access/operation';
import { AccountController } from './accounts/account.controller';
import { AdminMoneyController } from './admin/money.controller';
import { AdminEventsController } from './admin/events.controller';
import { AdminProofController } from './admin/proof.controller';
import { AdminAuditController } from './operators/audit.controller';
import { AccountData } from './admin/account-data.client';
import { AdminAccountLifeController } from './admin/account-life.controller';
import { AdminFleetController } from './admin/fleet.controller';
import { AdminOperatorsController } from './operators/operators.controller';
import { DualControl } from './operators/dual-control.client';
import { MoneyMoves } from './operators/money-moves.client';
import { AdminOrdersController } from './operators/orders.controller';
import { OperatorOrders } from './operators/operator-orders.client';
import { AdminReferenceController } from './admin/reference.controller';
import { AdminController } from './admin/accounts.controller';
import { ApiKeysController } from './accounts/api-keys.controller';
import { AutoTopUpController } from './money/auto-top-up.controller';
import { BillingController } from './money/billing.controller';
import { type HttpServerOptions, startHttpServer } from './http/server.http';
import { JobWaits } from './videos/job-wait.service';
import { MembersController } from './accounts/members.controller';
import { OidcController } from './accounts/oidc.controller';
import { PasskeysController } from './accounts/passkeys.controller';
import { SignInController } from './accounts/sign-in.controller';
import { SessionVerifier } from './identity/session-verifier.client';
import { McpController } from './mcp/mcp.controller';
import { MCP_OPERATIONS } from './mcp/mcp-operations';
import { OperatorVerifier } from './identity/operator-verifier.client';
import { MediaController } from './videos/media.controller';
import { OpenStreams } from './streams/open-streams.http';
import { MARKDOWN_OPERATIONS, MarkdownController } from './reference/markdown.controller';
import { PaymentsController } from './money/payments.controller';
import { ReferenceController } from './reference/reference.controller';
import { RegistrationController } from './accounts/registration.controller';
import { Settings } from './http/settings';
import { StatementsController } from './money/statements.controller';
import { ARTIFACTS } from './http/tokens';
import { TopUpsController } from './money/top-ups.controller';
import { UsageController } from './usage/usage.controller';
import { ArtifactDeletions } from './files/artifact-deletions.loop';
import { VideoOrders } from './videos/video-order.service';
import { VideosController } from './videos/videos.controller';
import { DeliveriesController } from './webhooks/deliveries.controller';
import { EndpointsController } from './webhooks/endpoints.controller';
import { EventsController } from './events/events.controller';
import { StreamTokensController } from './events/stream-tokens.controller';
import { FeedWatches } from './events/feed-watch.client';
import { FilesController } from './files/files.controller';
import { FirstFrameStore } from './files/first-frame.store';
import { KeyVerifier } from './identity/key-verifier.client';
import { Peers } from './peers/peers.client';
import { RateLimiter } from './limits/rate-limiter.client';
import { Registration } from './accounts/registration.client';
import { UsageReports } from './usage/usage-reports.client';
import { UploadedFileStore } from './files/uploaded-file.store';
import { UrlGuard } from './videos/url-guard.client';
import { WebFiles } from './web/web-files.store';
import { CONSOLE_OPERATIONS, DASHBOARD_OPERATIONS } from './web/web-operations';
import { ConsoleController, DashboardController } from './web/web.controller';

export { gatewayProcessSchema, readGatewayConfig, type GatewayConfig } from './config';
export { openApiDocument } from './reference/openapi';

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

const HOUR_MS = 3_600_000;

const PUBLIC_CONTROLLERS = [
  VideosController,
  FilesController,
  OpenAiVideosController,
  BillingController,
  UsageController,
  StatementsController,
  TopUpsController,
  AutoTopUpController,
  PaymentsController,
  AccountController,
  ApiKeysController,
  RegistrationController,
  SignInController,
  OidcController,
  PasskeysController,
  MembersController,
  MediaController,
  ReferenceController,
  EndpointsController,
  DeliveriesController,
  EventsController,
  StreamTokensController,
  McpController,
  MarkdownController,
];
const ADMIN_CONTROLLERS = [
  AdminController,
  AdminAccountLifeController,
  AdminAuditController,
  AdminEventsController,
  AdminFleetController,
  AdminMoneyController,
  AdminOperatorsController,
  AdminOrdersController,
  AdminProofController,
  AdminReferenceController,
];

/** The public API and the admin port over the four services. */
export async function startGateway({ config, logger }: GatewayOptions): Promise<RunningGateway> {
  const lifecycle = new Lifecycle(logger);
  try {
    const peers = new Peers(config, logger);
    lifecycle.add('connections to services', () => peers.stop());
    const outbound = GuardedHttpClient.of(config);
    lifecycle.add('outbound client', () => outbound.stop());
    const watches = new FeedWatches(peers.webhooks, logger);
    lifecycle.add('feed watch', () => watches.stop());
    const parts = assemble(config, logger, peers, outbound, watches);
    const deletions = parts.deletions.start();
    lifecycle.add('deletions of files', () => deletions.stop());
    const pages = config.DASHBOARD_DIR === undefined ? NO_PAGES : await pagesOf(config.DASHBOARD_DIR);
    const providers = [...parts.providers, ...pages.providers];
    const shared = {
      access: parts.access,
      docsUrl: parts.settings.errorDocsUrl,
      trustedProxies: config.TRUSTED_PROXIES,
      logger,
    };
    const admin = await startHttpServer({
      ...shared,
      ...listenerOf('admin', AdminModule, [...ADMIN_CONTROLLERS, ...pages.admin.controllers], providers),
      operations: { ...ADMIN_OPERATIONS, ...pages.admin.operations },
      host: config.ADMIN_HOST,
      port: config.ADMIN_PORT,
    });
    lifecycle.add('admin port', () => admin.stop());
    const api = await startHttpServer({
      ...shared,
      ...listenerOf('public', PublicModule, [...PUBLIC_CONTROLLERS, ...pages.public.controllers], providers),
      operations: {
        ...PUBLIC_OPERATIONS,
        ...OPENAI_OPERATIONS,
        ...MCP_OPERATIONS,
        ...MARKDOWN_OPERATIONS,
        ...pages.public.operations,
      },
      protocols: [OPENAI_PROTOCOL],
      host: config.HOST,
      port: config.PORT,
    });
    lifecycle.add('public port', () => api.stop());
    // Streams end first, or the public port would wait for them.
    lifecycle.add('open streams', () => parts.streams.stop());
    return { port: api.port, adminPort: admin.port, ready: () => peers.ready(), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

function assemble(
  config: GatewayConfig,
  logger: Logger,
  peers: Peers,
  outbound: GuardedHttpClient,
  watches: FeedWatches,
) {
  const keys = new KeyVerifier(peers.accounts);
  const sessions = new SessionVerifier(peers.members);
  const operators = new OperatorVerifier(peers.operators, config.ADMIN_TOKEN);
  const limiter = new RateLimiter(peers.exchange, config.GATEWAY_REPLICAS);
  const streams = new OpenStreams();
  const artifacts = openArtifactStore(config);
  const deletions = new ArtifactDeletions({ artifacts, scheduler: peers.scheduler, logger });
  const firstFrames = new FirstFrameStore(artifacts, config.FIRST_FRAMES_MIB_PER_ACCOUNT * 1024 * 1024, deletions);
  const files = new UploadedFileStore({ artifacts, firstFrames, deletions, keepMs: config.FILES_KEPT_HOURS * HOUR_MS });
  const settings = new Settings(
    config.PUBLIC_URL.replace(/\/+$/, ''),
    config.LINK_SECRET,
    config.SUPPORT_URL,
    config.REGISTRATION,
    config.SIGNUP_CREDIT_USD,
  );
  const orders = new OperatorOrders(peers);
  const control = new DualControl(peers, new MoneyMoves(peers), orders, config.DUAL_CONTROL_USD);
  const instances = [
    peers,
    keys,
    sessions,
    operators,
    orders,
    control,
    new AccountData(peers),
    limiter,
    streams,
    settings,
    watches,
    deletions,
    files,
    new VideoOrders({
      peers,
      limiter,
      urls: new UrlGuard(outbound),
      firstFrames,
      files,
      supportUrl: config.SUPPORT_URL,
    }),
    new JobWaits(peers.watches, streams),
    new Registration(peers, logger),
    new UsageReports(peers),
  ];
  const providers: Provider[] = [
    ...instances.map((instance) => ({ provide: instance.constructor, useValue: instance })),
    { provide: ARTIFACTS, useValue: artifacts },
  ];
  const access = new Access({
    keys,
    sessions,
    limiter,
    operators,
    bootstrapOnly: config.ADMIN_TOKEN_ONLY_MAKES_OPERATORS,
    linkSecret: config.LINK_SECRET,
    supportUrl: config.SUPPORT_URL,
  });
  return { access, settings, streams, deletions, providers };
}

/** What browsers are served besides the APIs. */
interface Pages {
  readonly providers: readonly Provider[];
  readonly public: { readonly controllers: readonly Type[]; readonly operations: Operations };
  readonly admin: { readonly controllers: readonly Type[]; readonly operations: Operations };
}

const NO_PAGES: Pages = {
  providers: [],
  public: { controllers: [], operations: {} },
  admin: { controllers: [], operations: {} },
};

async function pagesOf(folder: string): Promise<Pages> {
  return {
    providers: [{ provide: WebFiles, useValue: await WebFiles.read(folder) }],
    public: { controllers: [DashboardController], operations: DASHBOARD_OPERATIONS },
    admin: { controllers: [ConsoleController], operations: CONSOLE_OPERATIONS },
  };
}

function listenerOf(
  listener: string,
  module: Type,
  controllers: Type[],
  providers: Provider[],
): Pick<HttpServerOptions, 'listener' | 'module'> {
  const dynamic: DynamicModule = { module, controllers, providers };
  return { listener, module: dynamic };
}
