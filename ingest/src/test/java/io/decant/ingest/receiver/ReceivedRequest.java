package io.decant.ingest.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.harness.ReceivedPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What came to a {@link TestReceiver}.
 *
 * @param headers the first value of each, by its name in lower case; looked up in any
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by isSame alone.
public record ReceivedRequest(String path, Map<String, String> headers, byte[] bytes) {

    /** Null where there is none. */
    public String header(String name) {
        return headers.get(name);
    }

    /** What the headers say of the part that it carries. */
    public ReceivedPart part() {
        return ReceivedPart.of(this::header);
    }

    /** What it carries, as text. */
    public String body() {
        return new String(bytes, UTF_8);
    }

    /** The records, as the bytes between newlines. */
    public List<byte[]> lines() {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                lines.add(Arrays.copyOfRange(bytes, from, i));
                from = i + 1;
            }
        }
        return lines;
    }

    /** Whether it carries the same part, to the byte; other headers may differ. */
    public boolean isSame(ReceivedRequest other) {
        return path.equals(other.path) && part().equals(other.part()) && Arrays.equals(bytes, other.bytes);
    }
}
