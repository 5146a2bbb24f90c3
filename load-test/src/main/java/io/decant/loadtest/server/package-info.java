/** The server under test: a process of its own, from the distribution, looked at from outside. */
package io.decant.loadtest.server;
