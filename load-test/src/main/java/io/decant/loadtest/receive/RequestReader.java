package io.decant.loadtest.receive;

import io.decant.harness.ReceivedPart;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The requests of one connection, one behind another: parses heads, counts bodies. Owned by the receiver's thread. */
final class RequestReader {

    /** Takes a request whose last byte has come. */
    interface Output {
        void request(ReceivedPart part, long bodyBytes);
    }

    private static final int HEAD_BYTES_MAX = 16 << 10;
    private static final String CONTENT_LENGTH = "Content-Length";
    /** The end of a head, as the last four bytes. */
    private static final int HEAD_END = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

    private final byte[] head = new byte[HEAD_BYTES_MAX];
    private final Output output;
    private int headLength;
    private int lastFour;
    private ReceivedPart part;
    private long bodyBytes;
    private long bodyLeft;

    RequestReader(Output output) {
        this.output = output;
    }

    /**
     * Takes what has come.
     *
     * @throws IllegalArgumentException when it is no request that carries a part
     */
    void read(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (part == null) {
                readHead(bytes);
            } else {
                int skipped = (int) Math.min(bodyLeft, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                bodyLeft -= skipped;
            }
            if (part != null && bodyLeft == 0) {
                output.request(part, bodyBytes);
                part = null;
            }
        }
    }

    private void readHead(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (headLength == HEAD_BYTES_MAX) {
                throw new IllegalArgumentException("a head of more than " + HEAD_BYTES_MAX + " bytes");
            }
            byte next = bytes.get();
            head[headLength++] = next;
            lastFour = lastFour << Byte.SIZE | next;
            if (lastFour == HEAD_END) {
                parse(new String(head, 0, headLength, StandardCharsets.ISO_8859_1));
                headLength = 0;
                lastFour = 0;
                return;
            }
        }
    }

    private void parse(String text) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        text.lines().skip(1).filter(line -> !line.isEmpty()).forEach(line -> {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("a head with the line " + line);
            }
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
        String length = headers.get(CONTENT_LENGTH);
        if (length == null) {
            throw new IllegalArgumentException("a request without " + CONTENT_LENGTH);
        }
        bodyBytes = Long.parseLong(length);
        bodyLeft = bodyBytes;
        part = ReceivedPart.of(headers::get);
    }
}
