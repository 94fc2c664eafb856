'use strict';
const ffi = require('ffi');
const ref = require('ref');

const libc = ffi.Library('libc', { strlen: [ref.types.size_t, [ref.types.CString]] });

exports.handler = async (event) => ({ length: libc.strlen(event.word) });
