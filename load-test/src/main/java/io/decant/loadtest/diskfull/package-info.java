/**
 * Client and receiver of the runs on a full disk, in one process beside the server, so that {@code disk-full.sh} can
 * tell the receiver to be down or up, and ask at any time what was sent, acknowledged and delivered.
 */
package io.decant.loadtest.diskfull;
