/**
 * Hours of faults under the real server, from one seed: kills, power cuts, full disks, suspended processes, stepped
 * clocks, peers that fail, changed settings, an upgrade; and the ledger that counts every record of every source in
 * every sink.
 */
package io.decant.loadtest.chaos;
