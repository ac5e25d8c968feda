import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { Refusal } from '../refusals/refusal';

/** What ids, months and names of consumers are made of; of anything else there can be nothing, and no service need hold it. */
const NAME = /^[A-Za-z0-9_.:-]{1,128}$/;

/** A part of a path that names a thing. @throws Refusal not_found */
@Injectable()
export class PathParameter implements PipeTransform {
  transform(value: unknown, { type }: ArgumentMetadata): unknown {
    if (type === 'param' && !(typeof value === 'string' && NAME.test(value)))
      throw new Refusal('not_found', 'There is nothing with this id.');
    return value;
  }
}
