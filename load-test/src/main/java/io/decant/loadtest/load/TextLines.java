package io.decant.loadtest.load;

import io.decant.bucketer.Chunks;
import io.decant.bucketer.Memory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;

/**
 * Lines of different lengths in memory, as logs have them. Owned by one thread.
 *
 * <p>Made lines are of about 100 bytes, a newline included: the templates are those of logs of Hadoop, Apache and sshd,
 * with numbers, addresses and identifiers drawn at random.
 */
public final class TextLines implements AutoCloseable {

    /** Of a chunk, as the journal has blocks. */
    private static final int CHUNK_BYTES = 1 << 20;

    private static final List<String> LEVELS = List.of("INFO", "INFO", "INFO", "INFO", "WARN", "ERROR");
    private static final List<String> PATHS = List.of("/index.html", "/api/v1/orders", "/static/app.js", "/login");
    private static final int BLOCKS = 1_000_000;
    private static final int USERS = 50_000;

    private final long address;
    private final long bytes;
    private final Chunks chunks = new Chunks();

    private TextLines(byte[] text) {
        this.bytes = text.length;
        this.address = Memory.allocate(bytes);
        Memory.copyFromArray(text, 0, text.length, address);
        addChunks(text);
    }

    /** Lines of a log. */
    public static TextLines ofLog(int records, long seed) {
        Random random = new Random(seed);
        return made(records, ordinal -> logLine(random, ordinal));
    }

    /** A JSON object on each line, of about 200 bytes. */
    public static TextLines ofJson(int records, long seed) {
        Random random = new Random(seed);
        return made(records, ordinal -> jsonLine(random, ordinal));
    }

    /** The lines of a file, over and over. */
    public static TextLines ofFile(Path file, int records) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        if (lines.isEmpty()) {
            throw new LoadException(file + " has no lines");
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < records; i++) {
            text.writeBytes((lines.get(i % lines.size()) + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        return new TextLines(text.toByteArray());
    }

    /** The pieces of lines between single spaces, as Java splits them, a line each. */
    public static TextLines ofWords(TextLines lines) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (String line : lines.text().split("\n", 0)) {
            for (String word : line.split(" ", 0)) {
                text.writeBytes((word + "\n").getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return new TextLines(text.toByteArray());
    }

    private static TextLines made(int records, LongFunction<String> line) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < records; i++) {
            text.writeBytes((line.apply(i) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return new TextLines(text.toByteArray());
    }

    private static String logLine(Random random, long ordinal) {
        String level = LEVELS.get(random.nextInt(LEVELS.size()));
        String address = "10." + random.nextInt(4) + "." + random.nextInt(256) + "." + random.nextInt(256);
        String time = String.format(
                "2026-11-28 %02d:%02d:%02d,%03d",
                ordinal / 3_600_000 % 24, ordinal / 60_000 % 60, ordinal / 1_000 % 60, ordinal % 1_000);
        return switch (random.nextInt(3)) {
            case 0 ->
                time + " " + level + " dfs.DataNode: Received block blk_" + random.nextInt(BLOCKS) + " of size "
                        + random.nextInt(1 << 26) + " from /" + address;
            case 1 ->
                time + " " + level + " httpd: " + address + " \"GET "
                        + PATHS.get(random.nextInt(PATHS.size())) + " HTTP/1.1\" 200 " + random.nextInt(100_000)
                        + " in " + random.nextInt(900) + " ms";
            default ->
                time + " " + level + " sshd[" + random.nextInt(32_768) + "]: Accepted key for user"
                        + random.nextInt(USERS) + " from " + address + " port " + random.nextInt(65_536);
        };
    }

    private static String jsonLine(Random random, long ordinal) {
        return "{\"id\": " + ordinal + ", \"level\": \"" + LEVELS.get(random.nextInt(LEVELS.size()))
                + "\", \"user\": {\"name\": \"user" + random.nextInt(USERS) + "\", \"email\": \"u"
                + random.nextInt(USERS) + "@example.org\"}, \"items\": [\"apple " + random.nextInt(10)
                + "\", \"pear " + random.nextInt(10) + "\", \"plum " + random.nextInt(10)
                + "\"], \"price\": 1.20, \"path\": \"" + PATHS.get(random.nextInt(PATHS.size())) + "\", \"ms\": "
                + random.nextInt(900) + "}";
    }

    private void addChunks(byte[] text) {
        int from = 0;
        int records = 0;
        for (int at = 0; at < text.length; at++) {
            if (text[at] == '\n') {
                records++;
                if (at + 1 - from >= CHUNK_BYTES || at + 1 == text.length) {
                    chunks.add(address + from, at + 1 - from, records, from, false, 1);
                    from = at + 1;
                    records = 0;
                }
            }
        }
    }

    /** The records as a batch, which go through the first transform where there is one; closed by this. */
    public Chunks chunks() {
        return chunks;
    }

    /** Newlines included. */
    public long bytes() {
        return bytes;
    }

    /** All of it. */
    public String text() {
        byte[] text = new byte[Math.toIntExact(bytes)];
        Memory.copyToArray(address, text, 0, text.length);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        chunks.close();
        Memory.free(address, bytes);
    }
}
