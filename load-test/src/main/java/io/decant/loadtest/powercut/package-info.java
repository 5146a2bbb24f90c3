/**
 * Client, receiver and checker of the power-cut runs: they live outside the disk that is cut, remember what the server
 * promised and what it delivered over all cuts, and compare the two. {@code power-cuts.sh} puts them around a real
 * server.
 */
package io.decant.loadtest.powercut;
