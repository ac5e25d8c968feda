import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerWritableStream } from '@grpc/grpc-js';
import type {
  ExportAccountRequest,
  ExportAccountResponse,
  ListSignedRootsRequest,
  ListSignedRootsResponse,
  ListVerificationsRequest,
  ListVerificationsResponse,
  SignRootResponse,
  VerifyRequest,
  VerifyResponse,
} from '@usvideo/contracts/ledger';
import { grpcError, status } from '@usvideo/runtime';
import type { Observable } from 'rxjs';
import { AccountExport } from '../proof/account-export.sql';
import type { SignedRoots } from '../signing/signed-roots.store';
import { SignedHistoryChanged } from '../signing/signed-tree.sql';
import { paced } from './paced.grpc';
import { demandPage, required } from './validation.grpc';
import { SIGNED_ROOTS } from '../proof/tokens';
import { VerificationRuns } from '../proof/verification-runs.sql';
import { Verification } from '../proof/verification.loop';

/** What lets others check the ledger. */
@Controller()
export class ProofController {
  constructor(
    private readonly verification: Verification,
    private readonly runs: VerificationRuns,
    @Inject(SIGNED_ROOTS) private readonly roots: SignedRoots | undefined,
    private readonly account: AccountExport,
  ) {}

  @GrpcMethod('LedgerService', 'verify')
  async verify({ knownRoot }: VerifyRequest): Promise<VerifyResponse> {
    return this.verification.run(knownRoot ?? '');
  }

  @GrpcMethod('LedgerService', 'listVerifications')
  async listVerifications({ limit }: ListVerificationsRequest): Promise<ListVerificationsResponse> {
    demandPage({ limit, offset: 0 });
    return { runs: await this.runs.list(limit) };
  }

  @GrpcMethod('LedgerService', 'signRoot')
  async signRoot(): Promise<SignRootResponse> {
    return { root: await this.signing().sign().catch(failSigning) };
  }

  @GrpcMethod('LedgerService', 'listSignedRoots')
  async listSignedRoots(request: ListSignedRootsRequest): Promise<ListSignedRootsResponse> {
    demandPage(request);
    const roots = await this.signing().list(request.limit + 1, request.offset);
    return { roots: roots.slice(0, request.limit), hasMore: roots.length > request.limit };
  }

  @GrpcMethod('LedgerService', 'exportAccount')
  exportAccount(
    request: ExportAccountRequest,
    _: Metadata,
    stream: ServerWritableStream<ExportAccountRequest, ExportAccountResponse>,
  ): Observable<ExportAccountResponse> {
    return paced(this.account.lines(required(request, 'accountId').accountId), stream, (lines) => ({ lines }));
  }

  private signing(): SignedRoots {
    if (this.roots === undefined) throw grpcError(status.FAILED_PRECONDITION, 'signing_not_configured');
    return this.roots;
  }
}

function failSigning(error: unknown): never {
  throw error instanceof SignedHistoryChanged ? grpcError(status.DATA_LOSS, error.message) : error;
}
