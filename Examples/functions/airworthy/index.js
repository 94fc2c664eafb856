'use strict';
const { crc32 } = require('checksum');

exports.handler = async (event) => ({ crc32: crc32(Buffer.from(event.body || '', 'base64'), event.seed || '0') });
