package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Whatever the bytes of a record are: they are JSON exactly if Jackson says so, each pointer leads to what it leads to
 * with Jackson, and nothing behind the record's end makes a difference.
 */
class JsonScannerFuzzTest extends FuzzTarget {

    private static final List<String> POINTERS = List.of("", "/a", "/a/b", "/0", "/a/1", "/\u00e9", "/xxxxxxxxxx");

    @Override
    protected void check(byte[] input) {
        if (text(input).indexOf(0xFF) >= 0) {
            // Jackson may take a name that holds it for another name from an earlier record.
            return;
        }
        for (String pointer : POINTERS) {
            JsonReferenceTest.check(input, pointer, new JsonKeyExtractor(JsonPath.of(pointer)));
        }
        assertThat(read(input, "\"}]1\\u12345678"))
                .isEqualTo(read(input, "\0\0\0\0\0\0\0\0"))
                .isEqualTo(JacksonKeys.reads(input) && !startsWithMark(input));
    }

    /** The scanner itself knows nothing of a byte order mark. */
    private static boolean startsWithMark(byte[] input) {
        return text(input).startsWith("\u00ef\u00bb\u00bf");
    }

    private static boolean read(byte[] input, String behind) {
        try (NativeBytes memory = NativeBytes.of((text(input) + behind).getBytes(StandardCharsets.ISO_8859_1))) {
            JsonScanner scanner = new JsonScanner();
            long end = memory.address() + input.length;
            scanner.begin(end);
            long at = scanner.value(scanner.space(memory.address()));
            return at != JsonScanner.MALFORMED && scanner.space(at) == end;
        }
    }
}
