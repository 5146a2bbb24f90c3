package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.decant.ingest.sink.Items;
import io.decant.ingest.sink.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whatever a receiver answers, in whatever coding and pieces: the answer is the same however it comes in pieces; an
 * object that says {@code errors} is never taken for a success; and items that are taken are those that Jackson finds.
 *
 * <p>The input is a status, a coding, the length of pieces, and a body.
 */
class AnswerBodyFuzzTest extends FuzzTarget {

    private static final int[] STATUSES = {200, 207, 400, 503};
    private static final List<String> CODINGS = List.of("", "gzip", "deflate", "br");

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        int status = STATUSES[bytes.number(STATUSES.length)];
        String coding = CODINGS.get(bytes.number(CODINGS.size()));
        int length = 1 + bytes.number(32);
        byte[] body = bytes.rest();
        Outcome.Answered whole = TestAnswers.read(status, coding, List.of(body));
        Outcome.Answered pieces = TestAnswers.read(status, coding, pieces(body, length));
        assertThat(pieces.status()).isEqualTo(whole.status());
        boolean isUnderstood = whole.items() == null || whole.items().broken().isEmpty();
        if (coding.isEmpty() && isUnderstood) {
            // Of what is not understood, or cannot be unpacked to its end, more or less is shown.
            assertThat(pieces.bodyStart()).isEqualTo(whole.bodyStart());
        }
        if (whole.items() == null) {
            assertThat(pieces.items()).isNull();
        } else if (whole.items().broken().isEmpty()) {
            assertThat(pieces.items()).isEqualTo(whole.items());
        } else {
            // How far it was read is another place.
            assertThat(pieces.items().broken()).isNotEmpty().doesNotContain("\n");
        }
        if (coding.isEmpty() && status < 300) {
            compare(whole.items(), tree(body));
        }
    }

    private static List<byte[]> pieces(byte[] body, int length) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < body.length; at += length) {
            pieces.add(Arrays.copyOfRange(body, at, Math.min(body.length, at + length)));
        }
        return pieces;
    }

    /** Null where it is no JSON. */
    private static JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return null;
        }
    }

    private static void compare(Items items, JsonNode json) {
        if (json == null || !json.isObject()) {
            return;
        }
        JsonNode errors = json.get("errors");
        if (errors != null && errors.isBoolean() && errors.booleanValue()) {
            assertThat(items).isNotNull();
        }
        if (items != null && items.broken().isEmpty()) {
            JsonNode listed = json.get("items");
            assertThat(listed.size()).isEqualTo(items.count());
        }
    }
}
