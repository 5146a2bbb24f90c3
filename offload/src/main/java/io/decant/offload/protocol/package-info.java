/**
 * How the server and the driver process talk: a JSON object a line, requests on the driver's standard input, answers on
 * its standard output. Logs go to standard error. The first request is {@code start}; its answer {@code ready}, or
 * {@code failed} without a job. Jobs are done one after another in the order of their requests, each with any number of
 * {@code progress} and {@code waiting}, and then one of {@code done} and {@code failed}; {@code ping} is answered at
 * once. The driver ends after {@code stop}, and at the end of its input, so that it never outlives the server.
 */
package io.decant.offload.protocol;
