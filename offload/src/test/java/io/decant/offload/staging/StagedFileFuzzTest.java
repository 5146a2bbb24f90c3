package io.decant.offload.staging;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.decant.offload.json.JsonFormatException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Whatever lies in a staging directory, even with a checksum that matches: it is what it should be, and the same when
 * it is written and read again, or it is refused with a {@link StagingFormatException}, a {@link JsonFormatException}
 * or an {@link EOFException}; and nothing is read behind its end.
 *
 * <p>The input is a number that says what the rest of it is.
 */
class StagedFileFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) throws Exception {
        FuzzBytes bytes = new FuzzBytes(input);
        int what = bytes.number(4);
        byte[] file = bytes.rest();
        long before = Memory.allocatedBytes();
        try {
            switch (what) {
                case 0 -> checkBatch(new String(file, StandardCharsets.UTF_8));
                case 1 -> checkResult(new String(file, StandardCharsets.UTF_8));
                case 2 -> checkBlocks(file);
                default -> checkRun(file);
            }
        } catch (StagingFormatException | JsonFormatException | EOFException e) {
            assertThat(e.getMessage() == null || e.getMessage().indexOf('\n') < 0)
                    .isTrue();
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    private static void checkBatch(String text) throws Exception {
        StagedBatch batch = StagedBatch.fromJson(text);
        assertThat(StagedBatch.fromJson(batch.toJson())).isEqualTo(batch);
    }

    private static void checkResult(String text) throws Exception {
        JobResult result = JobResult.fromJson(text);
        assertThat(JobResult.fromJson(result.toJson()).toJson()).isEqualTo(result.toJson());
        Multiplicities sizes = result.multiplicities();
        if (sizes.buckets() > 0) {
            assertThat(sizes.records()).isPositive();
            assertThat(sizes.recordsBefore(sizes.buckets())).isEqualTo(sizes.records());
            assertThat(sizes.bucketOf(sizes.records() - 1)).isEqualTo(sizes.buckets() - 1);
        }
    }

    private static void checkBlocks(byte[] file) throws Exception {
        CRC32C crc = new CRC32C();
        crc.update(file);
        StagedFile described = new StagedFile("blocks-00000", file.length, 1, 1, (int) crc.getValue());
        try (StagedSegment segment = StagedSegment.read(new ByteArrayInputStream(file), described)) {
            long[] bytes = {BlockFormat.MAGIC_BYTES};
            segment.forEachBlock(block -> {
                assertThat(block.payloadBytes()).isNotNegative();
                assertThat(block.payloadAddress()).isGreaterThan(block.headerAddress());
                bytes[0] += block.payloadAddress() + block.payloadBytes() - block.headerAddress();
                assertThat(bytes[0]).isLessThanOrEqualTo(file.length);
                assertThat(block.source()).isNotNull();
                assertThat(block.stream()).isNotNull();
            });
            assertThat(bytes[0]).isEqualTo(file.length);
        }
    }

    private static void checkRun(byte[] file) throws Exception {
        RunHeader header = RunHeader.read(new ByteArrayInputStream(file));
        assertThat(header.bytes()).isLessThanOrEqualTo(file.length);
        byte[] written = RunHeader.encode(header.streams()).array();
        assertThat(RunHeader.read(new ByteArrayInputStream(written)).streams()).isEqualTo(header.streams());
    }
}
