'use strict';
module.exports = (milliseconds) => `${milliseconds}ms`;
