import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Access } from './access.http';

/** Before every handler, and before its body is read: who asks, whether they may, and whether they ask too often. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly access: Access) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.access.admit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
