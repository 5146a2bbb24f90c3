package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * Starts a server on a copy of a data directory, lets it deliver everything, and says line by line what came of it:
 * each request, each session's count, where each stream goes on, delivered files, dead letters. Left out is what each
 * run has of its own: times of arrival of dead letters, and windows of batches that were cut only now.
 */
final class GoldenOutcome {

    /** A longer text stands as length and SHA-256. */
    private static final int TEXT_BYTES_MAX = 1000;
    /** How long nothing more may come before a release that is asked for the first time counts as done. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** What the stream of a request under a key is called, before the key. */
    private static final String KEY = "key:";

    private static final String NEW_SESSION = "never-seen";

    private final GoldenWorld world;
    private final List<String> lines = new ArrayList<>();
    private long lastBatch;

    private GoldenOutcome(GoldenWorld world) {
        this.world = world;
    }

    /** As soon as there are as many requests and delivered files as are expected. */
    static List<String> of(GoldenWorld world, List<String> options, List<String> expected) throws Exception {
        long requests =
                expected.stream().filter(line -> line.startsWith("request ")).count();
        return new GoldenOutcome(world).run(options, count -> count >= requests);
    }

    /** As soon as nothing more comes. */
    static List<String> first(GoldenWorld world, List<String> options) throws Exception {
        int[] before = {-1};
        long[] since = {0};
        return new GoldenOutcome(world).run(options, count -> {
            if (count != before[0]) {
                before[0] = count;
                since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > QUIET_NANOS;
        });
    }

    private List<String> run(List<String> options, IntPredicate isAll) throws Exception {
        JsonObject found = world.inspect();
        lastBatch = found.getLong("lastBatch");
        world.start(options);
        Map<String, String> types = new TreeMap<>();
        world.status()
                .getJsonObject("sources")
                .forEach(source -> types.put(source.getKey(), ((JsonObject) source.getValue()).getString("type")));
        for (JsonObject stream : streams(found)) {
            String source = stream.getString("source");
            switch (types.getOrDefault(source, "")) {
                case "tcp" -> {
                    session(source, stream.getString("name"));
                    session(source, NEW_SESSION);
                }
                case "http" -> again(source, stream.getString("name"));
                default -> {}
            }
        }
        world.await(
                "all is delivered",
                () -> world.isRead()
                        && isAll.test(world.receiver.count())
                        && world.journalStatus().getLong("backlogBytes", 1L) == 0
                        && world.journalStatus().getLong("uncutRecords", 1L) == 0);
        world.stop();
        world.receiver.requests().forEach(this::request);
        world.receiver.violations().forEach(lines::add);
        for (JsonObject stream : streams(world.inspect())) {
            lines.add("stream " + stream.getString("source") + "/" + stream.getString("name") + ": next "
                    + stream.getLong("next") + ", resumes at " + stream.getLong("resumeOffset") + " of "
                    + stream.getString("topicId"));
        }
        files();
        letters();
        return lines.stream().distinct().sorted().toList();
    }

    private static List<JsonObject> streams(JsonObject journal) {
        return journal.getJsonArray("streams").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private void session(String source, String id) throws Exception {
        lines.add("session " + source + "/" + id + ": " + world.session(source, id));
    }

    /** What an HTTP source answers to a request that was taken already, or to the question how far a session is. */
    private void again(String source, String stream) throws Exception {
        boolean isKey = stream.startsWith(KEY);
        String key = isKey ? stream.substring(KEY.length()) : "";
        String answer = isKey
                ? world.post(source, GoldenWorld.keyed(key), key + " 0\n" + key + " 1\n")
                : world.post(source, GoldenWorld.inSession(stream, 0), "");
        lines.add("again " + source + "/" + stream + ": " + answer);
    }

    private void request(GoldenReceiver.Answered answered) {
        Map<String, String> headers = new TreeMap<>(answered.headers());
        if (Long.parseLong(headers.get("Decant-Batch")) > lastBatch) {
            headers.remove("Decant-Window");
        }
        StringBuilder line =
                new StringBuilder("request " + answered.request().path() + " " + headers.remove("Idempotency-Key"));
        headers.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(value));
        lines.add(line + " status=" + answered.status() + " body="
                + text(answered.request().bytes()));
    }

    private void files() throws IOException {
        Path root = world.folder.resolve("files");
        if (!Files.isDirectory(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> lines.add("file " + root.relativize(file) + " " + text(bytes(file))));
        }
    }

    private void letters() throws IOException {
        Path root = world.data().resolve("dlq");
        if (!Files.isDirectory(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                boolean isReplay = !file.getParent().equals(root);
                for (String line : Files.readAllLines(file)) {
                    JsonObject letter = new JsonObject(line);
                    letter.remove("time");
                    lines.add("letter " + (isReplay ? "of a replay " : "") + letter.encode());
                }
            }
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes as text that stands in a line, and from which each byte can be told. */
    private static String text(byte[] bytes) {
        if (bytes.length > TEXT_BYTES_MAX) {
            return bytes.length + " bytes, SHA-256 " + HexFormat.of().formatHex(sha256(bytes));
        }
        StringBuilder text = new StringBuilder("'");
        for (char c : new String(bytes, ISO_8859_1).toCharArray()) {
            if (c == '\\') {
                text.append("\\\\");
            } else if (c == '\n') {
                text.append("\\n");
            } else if (c < ' ' || c > '~') {
                text.append(String.format("\\x%02x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('\'').toString();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
