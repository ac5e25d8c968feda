import { ownPlatform } from './stage';
import { theSandbox } from './sandbox';

theSandbox(ownPlatform({ ENGINES: 'sandbox' }));
