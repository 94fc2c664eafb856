'use strict';
const ref = require('ref');

module.exports = (fields) => ({ fields, size: Object.keys(fields).length * ref.types.size_t.size });
