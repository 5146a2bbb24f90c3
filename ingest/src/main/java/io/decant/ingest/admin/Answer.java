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
 * @param events the stream of events that the answer is; null: the answer is the body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String type, byte[] body, List<Field> fields, Events events) {

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

    /**
     * A stream of events.
     *
     * @param lastId the id of the event behind which it begins, empty for the next one
     * @param live whether the newest values are told each second, too
     */
    record Events(String lastId, boolean live) {}

    Answer {
        fields = List.copyOf(fields);
    }

    static final String TEXT = "text/plain; charset=utf-8";

    /** A larger one is answered 503: some 30,000 partitions fit in. */
    static final int BYTES_MAX = 4 << 20;

    /** When a client that finds no room may ask again. */
    private static final int RETRY_AFTER_SECONDS = 5;

    /** An answer that is its body. */
    Answer(int status, String type, byte[] body, List<Field> fields) {
        this(status, type, body, fields, null);
    }

    /** Events from now on, until one side has enough. */
    static Answer events(String lastId, boolean live) {
        return new Answer(200, "text/event-stream", new byte[0], List.of(), new Events(lastId, live));
    }

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
        return new Answer(status, type, body, all, events);
    }

    /** Status line and header fields. Every 503 is one that a moment may cure. */
    byte[] head(boolean keepAlive) {
        StringBuilder head = new StringBuilder(192);
        head.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
        head.append("content-type: ").append(type).append("\r\n");
        head.append("cache-control: no-store\r\n");
        for (Field field : fields) {
            head.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        if (status == 503) {
            head.append("retry-after: ").append(RETRY_AFTER_SECONDS).append("\r\n");
        }
        if (events != null) {
            // It ends with the connection, also for HTTP/1.0; and no proxy is to keep events back.
            return ascii(head.append("x-accel-buffering: no\r\nconnection: close\r\n\r\n"));
        }
        if (!keepAlive) {
            head.append("connection: close\r\n");
        }
        head.append("content-length: ").append(body.length).append("\r\n\r\n");
        return ascii(head);
    }

    private static byte[] ascii(StringBuilder head) {
        return head.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
