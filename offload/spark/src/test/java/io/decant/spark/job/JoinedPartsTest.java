package io.decant.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.offload.layout.Content;
import io.decant.spark.job.OutputAssembly.JoinedParts;
import io.decant.spark.job.SegmentOutput.MovedFile;
import io.decant.spark.job.SegmentOutput.PartOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JoinedPartsTest {

    private static final int BUCKETS = 64;

    @Test
    void shouldGoThroughThePartsOnceHoweverManyBuckets() {
        List<PartOutput> parts = new ArrayList<>();
        for (int sink = 0; sink < 2; sink++) {
            for (int bucket = PartOutput.TAIL; bucket < BUCKETS; bucket++) {
                for (int part = 0; part < 3; part++) {
                    parts.add(part(sink, bucket, part));
                }
            }
        }
        Collections.shuffle(parts, new Random(3));
        AtomicInteger passes = new AtomicInteger();
        JoinedParts joined = new JoinedParts(() -> {
            passes.incrementAndGet();
            return parts.iterator();
        });
        for (int sink = 0; sink < 2; sink++) {
            for (int bucket = PartOutput.TAIL; bucket < BUCKETS; bucket++) {
                Content expected = part(sink, bucket, 0)
                        .content()
                        .then(part(sink, bucket, 1).content())
                        .then(part(sink, bucket, 2).content());
                assertThat(joined.of(sink, bucket)).isEqualTo(expected);
            }
        }
        assertThat(joined.of(0, BUCKETS)).isEqualTo(Content.NOTHING);
        assertThat(passes).hasValue(1);
    }

    private static PartOutput part(int sink, int bucket, int part) {
        byte[] line = (sink + " " + bucket + " " + part + "\n").getBytes(StandardCharsets.UTF_8);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(line);
        return new PartOutput(
                new MovedFile("from", "to"), sink, bucket, part, new Content(1, line.length, 1, (int) crc.getValue()));
    }
}
