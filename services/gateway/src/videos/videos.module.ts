import { Module } from '@nestjs/common';
import { GuardedHttpClient, Lifecycle } from '@usvideo/runtime';
import type { GatewayConfig } from '../config';
import { FilesController } from '../files/files.controller';
import { FirstFrameStore } from '../files/first-frame.store';
import { UploadedFileStore } from '../files/uploaded-file.store';
import { RateLimiter } from '../limits/rate-limiter.client';
import { Peers } from '../peers/peers.client';
import { OpenStreams } from '../streams/open-streams.http';
import { CONFIG } from '../tokens';
import { JobWaits } from './job-wait.service';
import { MediaController } from './media.controller';
import { UrlGuard } from './url-guard.client';
import { VideoOrders } from './video-order.service';
import { VideosController } from './videos.controller';

@Module({
  controllers: [VideosController, FilesController, MediaController],
  providers: [
    {
      provide: UrlGuard,
      inject: [CONFIG, Lifecycle],
      useFactory: (config: GatewayConfig, lifecycle: Lifecycle) =>
        new UrlGuard(lifecycle.keep('outbound client', GuardedHttpClient.of(config))),
    },
    {
      provide: VideoOrders,
      inject: [Peers, RateLimiter, UrlGuard, FirstFrameStore, UploadedFileStore, CONFIG],
      useFactory: (
        peers: Peers,
        limiter: RateLimiter,
        urls: UrlGuard,
        firstFrames: FirstFrameStore,
        files: UploadedFileStore,
        { SUPPORT_URL: supportUrl }: GatewayConfig,
      ) => new VideoOrders({ peers, limiter, urls, firstFrames, files, supportUrl }),
    },
    {
      provide: JobWaits,
      inject: [Peers, OpenStreams],
      useFactory: ({ watches }: Peers, streams: OpenStreams) => new JobWaits(watches, streams),
    },
  ],
  exports: [VideoOrders],
})
export class VideosModule {}
