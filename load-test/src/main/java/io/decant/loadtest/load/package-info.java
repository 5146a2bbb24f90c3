/**
 * The load generator: seeded records, prebuilt, sent over TCP flat out ({@link io.decant.loadtest.load.Flood}) or by a
 * schedule ({@link io.decant.loadtest.load.PacedClient}).
 */
package io.decant.loadtest.load;
