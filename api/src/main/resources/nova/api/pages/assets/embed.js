// The bare player for iframes.

import { Stage } from './stage.js';
import { playerOptions } from './options.js';

new Stage(playerOptions(location.search));
