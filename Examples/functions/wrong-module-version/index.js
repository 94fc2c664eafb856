'use strict';
const histogram = require('histogram');

exports.handler = async (event) => histogram.summarise(event.latencies);
