/**
 * {@code decant demo}: a real server, a stream that is generated and sent over a real socket, and a receiver that
 * checks what comes out, in one process.
 *
 * <p>To everything here the server is what it is to an outsider: an address that takes lines and answers
 * {@code OK <n>}, and requests with {@code Decant-} headers. Sender and receiver share nothing but the seed of the hash
 * by which they compare what went in with what came out.
 */
package io.decant.ingest.demo;
