/** TLS of the ports that others connect to: certificates that are read again, and what is told about them. */
package io.decant.ingest.tls;
