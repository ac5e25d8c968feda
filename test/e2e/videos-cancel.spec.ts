import { ownPlatform } from './stage';
import { cancelling } from './videos-cancel';

cancelling(ownPlatform());
