/** The dry run: what the bucket rule would make of files, without a server, and writing nothing. */
package io.decant.ingest.plan;
