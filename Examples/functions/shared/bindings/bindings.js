'use strict';
// Stands in for the npm package `bindings` 1.5.0 in airworthy's example packages: it looks in the same places in the
// same order, and an addon that is there but does not load ends the search.
const fs = require('fs');
const path = require('path');

function callerFile() {
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, frames) => frames.map((frame) => frame.getFileName());
  const files = new Error().stack;
  Error.prepareStackTrace = prepare;
  return files.find((file) => file && file !== __filename);
}

function moduleRoot(file) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'package.json')) || fs.existsSync(path.join(folder, 'node_modules'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`Could not find module root given file: "${file}". Do you have a \`package.json\` file? `);
  }
}

module.exports = function bindings(name) {
  const root = moduleRoot(callerFile());
  const addon = path.extname(name) === '.node' ? name : `${name}.node`;
  const { arch, platform, versions } = process;
  const tries = [
    ['build'], ['build', 'Debug'], ['build', 'Release'], ['out', 'Debug'], ['Debug'], ['out', 'Release'], ['Release'],
    ['build', 'default'], ['compiled', versions.node, platform, arch], ['addon-build', 'release', 'install-root'],
    ['addon-build', 'debug', 'install-root'], ['addon-build', 'default', 'install-root'],
    ['lib', 'binding', `node-v${versions.modules}-${platform}-${arch}`],
  ].map((folders) => path.join(root, ...folders, addon));
  for (const file of tries) {
    try {
      return require(file);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  const error = new Error(`Could not locate the bindings file. Tried:\n${tries.map((file) => ` → ${file}`).join('\n')}`);
  error.tries = tries;
  throw error;
};
