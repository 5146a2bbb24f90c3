package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.http.Encoded;
import io.decant.ingest.sink.http.TestAnswers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The bytes that a receiver answers with, in all the ways in which they come, read by the code that reads them from a
 * connection.
 */
final class SimulatedAnswers {

    private static final String[] ACTIONS = {"index", "create", "update", "delete"};

    private final Random random;
    int encoded;
    int notUnderstood;

    SimulatedAnswers(Random random) {
        this.random = random;
    }

    /** It took all of them. */
    Outcome.Answered success() {
        String[] bodies = {"", "ok", "{}", "{\"errors\":false,\"items\":[]}", "<html>{</html>", "{\"took\":NaN}"};
        return understood(200, bodies[random.nextInt(bodies.length)]);
    }

    /** It refuses them as a whole. */
    Outcome.Answered refusal() {
        return understood(new int[] {400, 413, 422}[random.nextInt(3)], "no");
    }

    /** It answers each by its own status. */
    Outcome.Answered items(int[] statuses) {
        String items = IntStream.of(statuses).mapToObj(this::item).collect(Collectors.joining(", "));
        String errors = "\"errors\":true";
        String list = "\"items\" : [" + items + "]";
        String body =
                random.nextBoolean() ? "{" + errors + "," + list + "}" : "{\"took\":3," + list + "," + errors + "}\n";
        return understood(random.nextBoolean() ? 200 : 207, body);
    }

    private String item(int status) {
        String own = "{\"error\":{\"status\":1},\"status\":" + status + "}";
        return random.nextBoolean() ? own : "{\"" + ACTIONS[random.nextInt(ACTIONS.length)] + "\":" + own + "}";
    }

    private Outcome.Answered understood(int status, String text) {
        encoded++;
        String marked = random.nextInt(3) == 0 ? "\ufeff" + text : text;
        return switch (random.nextInt(4)) {
            case 0 -> read(status, "gzip", Encoded.gzip(marked));
            case 1 -> read(status, "deflate", Encoded.zlib(marked));
            case 2 -> read(status, "deflate", Encoded.rawDeflate(marked));
            default -> read(status, "", marked.getBytes(UTF_8));
        };
    }

    /** An answer that may say anything of these records, if only it could be read. */
    Outcome.Answered notUnderstood(int records) {
        notUnderstood++;
        String fine = "{\"errors\":false}";
        byte[] zipped = Encoded.gzip(fine);
        return switch (random.nextInt(10)) {
            case 0 -> read(200, "br", fine.getBytes(UTF_8));
            case 1 -> read(207, "gzip, zstd", zipped);
            case 2 -> read(200, "gzip", Arrays.copyOf(zipped, 1 + random.nextInt(zipped.length - 1)));
            case 3 -> read(200, "gzip", fine.getBytes(UTF_8));
            case 4 -> read(200, "", zipped);
            case 5 -> read(200, "", fine.getBytes(StandardCharsets.UTF_16));
            case 6 -> read(200, "", "{\"errors\":\"true\",\"items\":[]}".getBytes(UTF_8));
            case 7 -> read(200, "", "{\"took\":1,\"items\":[{\"status\":201}".getBytes(UTF_8));
            case 8 -> read(207, "", "{\"errors\":true}".getBytes(UTF_8));
            default ->
                read(
                        207,
                        "",
                        ("{\"errors\":true,\"items\":[" + "{\"status\":201},".repeat(records) + "{\"status\":201}]}")
                                .getBytes(UTF_8));
        };
    }

    private Outcome.Answered read(int status, String coding, byte[] body) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < body.length; ) {
            int end = Math.min(body.length, at + 1 + random.nextInt(body.length));
            pieces.add(Arrays.copyOfRange(body, at, end));
            at = end;
        }
        return TestAnswers.read(status, coding, pieces);
    }
}
