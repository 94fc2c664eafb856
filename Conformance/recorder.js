// Loads one npm package and records what its loader looks for and what process.dlopen says; injected by Conformance/loaders.
// The one argument is JSON: {home, how: require | import, request, use, exports}. Prints lines that begin with RECORD.
'use strict';
const fs = require('fs');
const Module = require('module');
const path = require('path');

const write = fs.writeSync;
const say = (record) => write(1, '\nRECORD ' + JSON.stringify(record) + '\n');
const text = (error) => typeof error?.message === 'string' ? error.message : String(error);
const origins = new WeakMap(); // errors, and the file whose load threw them
const spec = JSON.parse(process.argv[1]);
const main = spec.home + '/index.js';
process.argv = [process.execPath, '/var/runtime/index.mjs'];

// What an addon exports is not what is tested: whatever a package does with it works.
function anything() {
  return new Proxy(function () {}, {
    get(target, key) {
      if (key === 'prototype') return prototypes.get(target) ?? prototypes.set(target, anything()).get(target);
      if (key === 'then') return undefined;
      if (key === Symbol.toPrimitive) return () => 0;
      return key in target && key !== 'name' && key !== 'length' ? target[key] : anything();
    },
    apply: () => anything(),
    construct: () => anything(),
  });
}
const prototypes = new WeakMap();

const dlopen = process.dlopen;
process.dlopen = function (module, file, ...flags) {
  say({ event: 'dlopen', path: file });
  try {
    dlopen.call(this, module, file, ...flags);
  } catch (error) {
    origins.set(error, file);
    say({ event: 'threw', path: file, message: text(error), code: error.code });
    throw error;
  }
  say({ event: 'loaded', path: file });
  module.exports = Object.assign(anything(), spec.exports);
};

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  try {
    return resolve.call(this, request, parent, ...rest);
  } catch (error) {
    const from = parent?.filename ?? main;
    const relative = typeof request === 'string' && /^\.{0,2}(\/|$)/.test(request);
    const place = relative ? path.resolve(path.dirname(from), request) : String(request);
    if (from !== main) say({ event: 'unresolved', path: place, from, message: text(error), code: error.code });
    throw error;
  }
};

for (const name of ['existsSync', 'accessSync', 'statSync', 'lstatSync']) {
  const original = fs[name];
  fs[name] = function (file, ...rest) {
    const miss = () => say({ event: 'absent', path: path.resolve(String(file)), by: name });
    try {
      const answer = original.call(this, file, ...rest);
      if (answer === false || (answer === undefined && rest[0]?.throwIfNoEntry === false)) miss();
      return answer;
    } catch (error) {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') miss();
      throw error;
    }
  };
}

let done = false;
function end(record) {
  done = true;
  say({ event: 'end', ...record });
  process.reallyExit(0);
}
process.on('exit', (code) => { if (!done) say({ event: 'exit', exit: code }); });

const fail = (error) => end({ outcome: 'throws', message: text(error), code: error?.code, origin: origins.get(Object(error)) });
async function load() {
  const required = spec.how === 'import' ? await import(spec.request) : Module.createRequire(main)(spec.request);
  if (spec.use) await new Function('exports', spec.use)(required?.default ?? required);
}
load().then(() => end({ outcome: 'loads' }), fail);
