/** How dead letters are sent again: out of their files, into a plan, from there into the journal. */
package io.decant.ingest.deadletter.replay;
