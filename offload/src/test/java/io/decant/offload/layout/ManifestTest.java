package io.decant.offload.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private static final BatchId BATCH = new BatchId(
            "edge-1", "1a2b3c4d", 42, Instant.parse("2026-11-21T04:00:00Z"), Instant.parse("2026-11-21T04:00:01Z"));

    @Test
    void shouldBeWrittenToTheLetter() {
        Manifest manifest = new Manifest(
                Optional.of(BATCH),
                "archive",
                "csv:2",
                FileFormat.LINES,
                FileCompression.GZIP,
                4,
                List.of(new Content(3, 30, 1, 0xcafe), new Content(2, 20, 1, 1)),
                Optional.of(new TailEntry(2, new Content(3, 36, 1, 2), List.of(new BucketSizes(3, 1)))));

        assertThat(new String(manifest.toJson(), StandardCharsets.UTF_8)).isEqualTo("""
                {
                  "name" : "edge-1",
                  "journal" : "1a2b3c4d",
                  "batch" : 42,
                  "window" : {
                    "start" : "2026-11-21T04:00:00Z",
                    "end" : "2026-11-21T04:00:01Z"
                  },
                  "sink" : "archive",
                  "key" : "csv:2",
                  "format" : "lines",
                  "compression" : "gzip",
                  "records" : 8,
                  "bytes" : 86,
                  "uncarried" : 4,
                  "buckets" : [ {
                    "bucket" : 0,
                    "records" : 3,
                    "bytes" : 30,
                    "parts" : 1,
                    "crc32c" : "0000cafe"
                  }, {
                    "bucket" : 1,
                    "records" : 2,
                    "bytes" : 20,
                    "parts" : 1,
                    "crc32c" : "00000001"
                  } ],
                  "tail" : {
                    "first-bucket" : 2,
                    "buckets" : 3,
                    "records" : 3,
                    "bytes" : 36,
                    "parts" : 1,
                    "crc32c" : "00000002",
                    "sizes" : [ {
                      "buckets" : 3,
                      "records" : 1
                    } ]
                  }
                }
                """);
    }

    @Test
    void shouldLeaveOutWhatThereIsNot() {
        Manifest manifest = new Manifest(
                Optional.empty(),
                "",
                "json:/\u00e9\ud83d\ude00",
                FileFormat.ENVELOPE,
                FileCompression.NONE,
                0,
                List.of(),
                Optional.empty());

        assertThat(new String(manifest.toJson(), StandardCharsets.UTF_8)).isEqualTo("""
                {
                  "key" : "json:/\u00e9\\uD83D\\uDE00",
                  "format" : "envelope",
                  "compression" : "none",
                  "records" : 0,
                  "bytes" : 0,
                  "uncarried" : 0,
                  "buckets" : [ ]
                }
                """);
    }

    @Property(tries = 200)
    void shouldBeReadBack(
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 1000) Integer> inBuckets,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 1000) Integer> inTail,
            @ForAll int crc,
            @ForAll boolean ofServer)
            throws IOException {
        List<Content> buckets = new ArrayList<>();
        inBuckets.forEach(records -> buckets.add(new Content(records, 7L * records, 1 + records / 9, crc)));
        BucketSizes.Runs runs = new BucketSizes.Runs();
        inTail.forEach(runs::add);
        long tailRecords = inTail.stream().mapToLong(Integer::longValue).sum();
        Manifest manifest = new Manifest(
                ofServer ? Optional.of(BATCH) : Optional.empty(),
                ofServer ? "archive" : "",
                "record",
                FileFormat.ENVELOPE,
                FileCompression.ZSTD,
                0,
                buckets,
                inTail.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new TailEntry(
                                buckets.size(), new Content(tailRecords, 9 * tailRecords, 1, ~crc), runs.list())));

        assertThat(read(manifest.toJson())).isEqualTo(manifest);
        assertThat(manifest.tail().map(TailEntry::buckets).orElse(0L)).isEqualTo(inTail.size());
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> read("".getBytes(StandardCharsets.UTF_8))).isInstanceOf(ManifestException.class);
        assertThatThrownBy(() -> read("{\"key\":".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ManifestException.class)
                .hasMessageContaining("not JSON");
        assertThatThrownBy(() -> read("{}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ManifestException.class)
                .hasMessageContaining("key");
        String manifest = "{\"key\":\"record\",\"format\":\"lines\",\"compression\":\"none\",\"uncarried\":0,"
                + "\"buckets\":"
                + "[{\"bucket\":0,\"records\":1,\"bytes\":2,\"parts\":1,\"crc32c\":\"ffffffff\"}]}";
        assertThat(read(manifest.getBytes(StandardCharsets.UTF_8)).buckets()).containsExactly(new Content(1, 2, 1, -1));
        wrong(manifest.replace("lines", "xml"), "XML");
        wrong(manifest.replace("\"bucket\":0", "\"bucket\":1"), "where 0 is next");
        wrong(manifest.replace("\"bytes\":2", "\"bytes\":\"2\""), "buckets[0].bytes");
        wrong(manifest.replace("ffffffff", "fffffffff"), "fffffffff");
        wrong(manifest.replace("\"key\"", "\"batch\":7,\"key\""), "window");
        wrong(manifest + manifest, "");
    }

    private static void wrong(String manifest, String message) {
        assertThatThrownBy(() -> read(manifest.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ManifestException.class)
                .hasMessageContaining(message);
    }

    private static Manifest read(byte[] json) throws IOException {
        return Manifest.read(new ByteArrayInputStream(json));
    }
}
