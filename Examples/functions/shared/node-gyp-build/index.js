'use strict';
// Stands in for the npm package `node-gyp-build` 4.8 in airworthy's example packages: a local build first, whatever it was
// built for, then the prebuild of this platform and architecture.
const fs = require('fs');
const path = require('path');

function addons(folder) {
  try {
    return fs.readdirSync(folder).filter((name) => name.endsWith('.node')).sort().map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

module.exports = function load(folder) {
  const { platform, arch, versions } = process;
  const found = [
    path.join(folder, 'build', 'Release'), path.join(folder, 'build', 'Debug'),
    path.join(folder, 'prebuilds', `${platform}-${arch}`),
  ].flatMap(addons)[0];
  if (found) return require(found);
  throw new Error(`No native build was found for platform=${platform} arch=${arch} runtime=node abi=${versions.modules} uv=1 libc=glibc node=${versions.node}\n    loaded from: ${folder}\n`);
};
