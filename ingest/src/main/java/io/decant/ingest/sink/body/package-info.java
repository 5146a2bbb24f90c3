/**
 * The bodies of requests: what a sink makes of a part of a bucket, by the format that the batch's cut froze. Written
 * from the journal's memory straight into the request's, without a copy or an object for a record.
 */
package io.decant.ingest.sink.body;
