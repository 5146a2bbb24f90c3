package io.decant.ingest.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer of the admin server, whole and in memory.
 *
 * @param status of HTTP
 * @param type the media type of the body
 * @param fields of the header, besides those that every answer has
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String type, byte[] body, List<Field> fields) {

    /**
     * A field of the header.
     *
     * @param name in lower case
     * @param value nothing that a client has sent
     */
    record Field(String name, String value) {

        Field {
            if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new IllegalArgumentException("the value of " + name + " is not one of a header");
            }
        }
    }

    Answer {
        fields = List.copyOf(fields);
    }

    static final String TEXT = "text/plain; charset=utf-8";

    /** A larger one is answered 503: some 30,000 partitions fit in. */
    static final int BYTES_MAX = 4 << 20;

    static Answer of(int status, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= BYTES_MAX
                ? new Answer(status, type, bytes, List.of())
                : text(503, "the answer is too large\n");
    }

    static Answer text(int status, String line) {
        return new Answer(status, TEXT, line.getBytes(StandardCharsets.UTF_8), List.of());
    }

    /** @param allow the methods that the path has */
    static Answer methodNotAllowed(String allow) {
        return text(405, "only " + allow + "\n").with("allow", allow);
    }

    /** Sends a browser on, to be asked by GET. */
    static Answer seeOther(String path) {
        return text(303, "see " + path + "\n").with("location", path);
    }

    /** The same answer with one more field. */
    Answer with(String name, String value) {
        return with(List.of(new Field(name, value)));
    }

    /** The same answer with more fields. */
    Answer with(List<Field> more) {
        List<Field> all = new ArrayList<>(fields);
        all.addAll(more);
        return new Answer(status, type, body, all);
    }

    /** Status line and header fields. */
    byte[] head(boolean keepAlive) {
        StringBuilder head = new StringBuilder(192);
        head.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
        head.append("content-type: ").append(type).append("\r\n");
        head.append("cache-control: no-store\r\n");
        for (Field field : fields) {
            head.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        if (!keepAlive) {
            head.append("connection: close\r\n");
        }
        head.append("content-length: ").append(body.length).append("\r\n\r\n");
        return head.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
