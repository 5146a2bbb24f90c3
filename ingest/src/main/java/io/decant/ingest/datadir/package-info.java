/** The server's directory on disk: locked by one process, used by its owner alone, and all that is in it. */
package io.decant.ingest.datadir;
