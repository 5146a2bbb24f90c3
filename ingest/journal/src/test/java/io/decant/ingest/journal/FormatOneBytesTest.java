package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What uses nothing that is new is written in the very bytes of release 0.1.0, which can read it then. */
class FormatOneBytesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/format-1-entries.txt");

    @Test
    void shouldWriteEveryEntryAsRelease010DidWhereNothingNewIsUsed() throws IOException {
        Map<String, String> expected = golden();
        Map<String, String> written = FormatOneEntries.all();
        expected.remove(FormatOneEntries.CHECKPOINT_WITH_STREAMS);
        written.remove(FormatOneEntries.CHECKPOINT_WITH_STREAMS);
        assertThat(written).containsExactlyEntriesOf(expected);
    }

    /** What stands behind the fields that 0.1.0 knows is passed over by it. */
    @Test
    void shouldBeginACheckpointOfStreamsAsRelease010Did() throws IOException {
        String expected = golden().get(FormatOneEntries.CHECKPOINT_WITH_STREAMS);
        assertThat(expected).isNotEmpty();
        assertThat(FormatOneEntries.all().get(FormatOneEntries.CHECKPOINT_WITH_STREAMS))
                .startsWith(expected);
    }

    private static Map<String, String> golden() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        for (String line : Files.readAllLines(GOLDEN)) {
            int end = line.lastIndexOf(": ");
            entries.put(line.substring(0, end), line.substring(end + 2));
        }
        return entries;
    }
}
