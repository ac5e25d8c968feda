import { ownPlatform } from './stage';
import { lifeOfAVideo } from './videos-lifecycle';

lifeOfAVideo(ownPlatform());
