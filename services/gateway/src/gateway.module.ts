import 'reflect-metadata';
import type { DynamicModule, INestApplicationContext, InjectionToken, Provider, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Lifecycle, type Logger, type Service } from '@usvideo/runtime';
import { Access } from './access/access.http';
import { AccessModule } from './access/access.module';
import type { Operations } from './access/operation';
import { AccountsModule } from './accounts/accounts.module';
import { AdminModule } from './admin/admin.module';
import type { GatewayConfig } from './config';
import { EventsModule } from './events/events.module';
import { ArtifactDeletions } from './files/artifact-deletions.loop';
import { FilesModule } from './files/files.module';
import { FirstFrameStore } from './files/first-frame.store';
import { UploadedFileStore } from './files/uploaded-file.store';
import { startHttpServer } from './http/server.http';
import { Settings } from './http/settings';
import { SettingsModule } from './http/settings.module';
import { KeyVerifier } from './identity/key-verifier.client';
import { OperatorVerifier } from './identity/operator-verifier.client';
import { SessionVerifier } from './identity/session-verifier.client';
import { RateLimiter } from './limits/rate-limiter.client';
import { MCP_OPERATIONS } from './mcp/mcp-operations';
import { McpModule } from './mcp/mcp.module';
import { LettersModule } from './money/letters.module';
import { MoneyModule } from './money/money.module';
import { OPENAI_OPERATIONS } from './openai/openai-operations';
import { OPENAI_PROTOCOL } from './openai/openai-protocol';
import { OpenAiModule } from './openai/openai.module';
import { ADMIN_OPERATIONS } from './operations/admin-operations';
import { PUBLIC_OPERATIONS } from './operations/operations';
import { OperatorsModule } from './operators/operators.module';
import { Peers } from './peers/peers.client';
import { PeersModule } from './peers/peers.module';
import { MARKDOWN_OPERATIONS } from './reference/markdown.controller';
import { ReferenceModule } from './reference/reference.module';
import { OpenStreams } from './streams/open-streams.http';
import { StreamsModule } from './streams/streams.module';
import { ARTIFACTS, CONFIG, LOGGER } from './tokens';
import { UsageModule } from './usage/usage.module';
import { VideosModule } from './videos/videos.module';
import { WebFiles } from './web/web-files.store';
import { CONSOLE_OPERATIONS, DASHBOARD_OPERATIONS } from './web/web-operations';
import { WebModule } from './web/web.module';
import { WebhooksModule } from './webhooks/webhooks.module';

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

type Imported = Type | DynamicModule;

/** What both ports have in common, and so is made once. */
const SHARED: readonly Imported[] = [
  PeersModule,
  AccessModule,
  StreamsModule,
  FilesModule,
  SettingsModule,
  LettersModule,
];
/** What of it the features of a port are given. */
const SHARED_PARTS: readonly InjectionToken[] = [
  CONFIG,
  LOGGER,
  Lifecycle,
  Peers,
  Settings,
  OpenStreams,
  KeyVerifier,
  SessionVerifier,
  OperatorVerifier,
  RateLimiter,
  ARTIFACTS,
  ArtifactDeletions,
  FirstFrameStore,
  UploadedFileStore,
];
const PUBLIC_FEATURES: readonly Imported[] = [
  VideosModule,
  OpenAiModule,
  MoneyModule,
  UsageModule,
  AccountsModule,
  ReferenceModule,
  WebhooksModule,
  EventsModule,
  McpModule,
];
const ADMIN_FEATURES: readonly Imported[] = [AdminModule, OperatorsModule];

/** The public API and the admin port over the four services. */
export async function startGateway({ config, logger }: GatewayOptions): Promise<RunningGateway> {
  const lifecycle = new Lifecycle(logger);
  try {
    const parts = await NestFactory.createApplicationContext(sharedModule(config, logger, lifecycle), {
      logger: ['error', 'fatal'],
      abortOnError: false,
    });
    const files = config.DASHBOARD_DIR === undefined ? undefined : await WebFiles.read(config.DASHBOARD_DIR);
    const listener = {
      access: parts.get(Access),
      docsUrl: parts.get(Settings).errorDocsUrl,
      trustedProxies: config.TRUSTED_PROXIES,
      logger,
    };
    const admin = await startHttpServer({
      ...listener,
      listener: 'admin',
      module: portModule(parts, [...ADMIN_FEATURES, ...(files ? [WebModule.console(files)] : [])]),
      operations: { ...ADMIN_OPERATIONS, ...(files && CONSOLE_OPERATIONS) },
      host: config.ADMIN_HOST,
      port: config.ADMIN_PORT,
    });
    lifecycle.add('admin port', () => admin.stop());
    const api = await startHttpServer({
      ...listener,
      listener: 'public',
      module: portModule(parts, [...PUBLIC_FEATURES, ...(files ? [WebModule.dashboard(files)] : [])]),
      operations: publicOperations(files !== undefined),
      protocols: [OPENAI_PROTOCOL],
      host: config.HOST,
      port: config.PORT,
    });
    lifecycle.add('public port', () => api.stop());
    // Streams end first, or the public port would wait for them.
    lifecycle.keep('open streams', parts.get(OpenStreams));
    const peers = parts.get(Peers);
    return { port: api.port, adminPort: admin.port, ready: () => peers.ready(), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

function publicOperations(withPages: boolean): Operations {
  return {
    ...PUBLIC_OPERATIONS,
    ...OPENAI_OPERATIONS,
    ...MCP_OPERATIONS,
    ...MARKDOWN_OPERATIONS,
    ...(withPages && DASHBOARD_OPERATIONS),
  };
}

class CoreModule {}
class SharedModule {}
class PortModule {}

function sharedModule(config: GatewayConfig, logger: Logger, lifecycle: Lifecycle): DynamicModule {
  const core = globally(CoreModule, [
    { provide: CONFIG, useValue: config },
    { provide: LOGGER, useValue: logger },
    { provide: Lifecycle, useValue: lifecycle },
  ]);
  return { module: SharedModule, imports: [core, ...SHARED] };
}

/** One port: its features, over the parts that it shares with the other. */
function portModule(parts: INestApplicationContext, features: readonly Imported[]): DynamicModule {
  const shared = SHARED_PARTS.map((token) => ({ provide: token, useValue: parts.get<unknown>(token) }));
  return { module: PortModule, imports: [globally(SharedModule, shared), ...features] };
}

function globally(module: Type, providers: readonly (Provider & { provide: InjectionToken })[]): DynamicModule {
  return { module, global: true, providers: [...providers], exports: providers.map(({ provide }) => provide) };
}
