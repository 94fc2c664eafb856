'use strict';
module.exports = (name) => (...values) => process.env.DEBUG === name && console.error(name, ...values);
