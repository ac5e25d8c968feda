// One process, so that all of it is tried on one platform and in one browser.
import './customer.mjs';
import './documentation.mjs';
import './guides.mjs';
import './operator.mjs';
import './security.mjs';
import './ways-in.mjs';
