package io.decant.ingest.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/**
 * An answer of the admin server, whole and in memory.
 *
 * @param status of HTTP
 * @param type the media type of the body
 * @param allow the methods that the path has, of a 405; empty otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String type, byte[] body, String allow) {

    static final String TEXT = "text/plain; charset=utf-8";

    /** A larger one is answered 503: some 30,000 partitions fit in. */
    static final int BYTES_MAX = 4 << 20;

    static Answer of(int status, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= BYTES_MAX ? new Answer(status, type, bytes, "") : text(503, "the answer is too large\n");
    }

    static Answer text(int status, String line) {
        return new Answer(status, TEXT, line.getBytes(StandardCharsets.UTF_8), "");
    }

    static Answer methodNotAllowed(String allow) {
        return new Answer(405, TEXT, ("only " + allow + "\n").getBytes(StandardCharsets.UTF_8), allow);
    }

    /** Status line and header fields. */
    byte[] head(boolean keepAlive) {
        StringBuilder head = new StringBuilder(192);
        head.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
        head.append("content-type: ").append(type).append("\r\n");
        head.append("cache-control: no-store\r\n");
        if (!allow.isEmpty()) {
            head.append("allow: ").append(allow).append("\r\n");
        }
        if (!keepAlive) {
            head.append("connection: close\r\n");
        }
        head.append("content-length: ").append(body.length).append("\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
