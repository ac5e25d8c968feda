const { join, sep } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

const isOfWholeSystem = ({ path, context }) => path.startsWith(join(context.config.rootDir, 'test') + sep);

/** Jest's order, but the tests of the whole system before those of its parts: a minute each, they would run alone at the end. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(isOfWholeSystem), ...sorted.filter((test) => !isOfWholeSystem(test))];
  }
};
