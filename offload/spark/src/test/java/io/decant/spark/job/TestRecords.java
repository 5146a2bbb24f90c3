package io.decant.spark.job;

import io.decant.bucketer.Frame;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.BlockFileWriter;
import io.decant.offload.staging.StagedBatch;
import io.decant.offload.staging.StagedBlock;
import io.decant.offload.staging.StagedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Blocks of records, as a journal would hold them, and the batch staged of them. */
final class TestRecords {

    static final long WINDOW_START = 1_763_690_400_000L;

    /** A block and its payload. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Block(StagedBlock header, byte[] payload) {}

    private final List<Block> blocks = new ArrayList<>();
    private final long[] next = new long[3];
    private final Random random;

    TestRecords(Random random) {
        this.random = random;
    }

    List<Block> blocks() {
        return blocks;
    }

    /** Cuts lines into blocks of some streams. */
    TestRecords lines(List<byte[]> records, int blockRecordsMax) {
        for (int from = 0; from < records.size(); ) {
            int to = Math.min(records.size(), from + 1 + random.nextInt(blockRecordsMax));
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            for (byte[] record : records.subList(from, to)) {
                payload.writeBytes(record);
                payload.write('\n');
            }
            add(to - from, false, payload.toByteArray());
            from = to;
        }
        return this;
    }

    /**
     * A block of frames with these values; null: a tombstone. The key of a frame is its value's first byte, where there
     * is one.
     */
    TestRecords frames(List<byte[]> values) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (byte[] value : values) {
            byte[] key = value == null || value.length == 0 ? null : new byte[] {value[0]};
            ByteBuffer frame = ByteBuffer.allocate((int) Frame.bytes(
                    key == null ? Frame.ABSENT : key.length, 0, value == null ? Frame.ABSENT : value.length));
            Frame.put(frame, random.nextInt(1000), WINDOW_START, key, new byte[0], value);
            payload.writeBytes(frame.array());
        }
        add(values.size(), true, payload.toByteArray());
        return this;
    }

    private void add(int records, boolean framed, byte[] payload) {
        int stream = random.nextInt(next.length);
        blocks.add(new Block(
                new StagedBlock(
                        "source-" + stream % 2,
                        "stream-" + stream,
                        next[stream],
                        WINDOW_START + blocks.size(),
                        records,
                        framed),
                payload));
        next[stream] += records;
    }

    /** Writes block files and {@code batch.json}. */
    StagedBatch stage(Path directory, KeyRule rule, BlockFileLimits limits) throws IOException {
        Files.createDirectories(directory);
        List<StagedFile> files = new ArrayList<>();
        int block = 0;
        while (block < blocks.size()) {
            String name = StagedFile.nameOf(files.size());
            try (OutputStream out = Files.newOutputStream(directory.resolve(name))) {
                BlockFileWriter writer = new BlockFileWriter(name, out);
                while (block < blocks.size()
                        && writer.hasRoomFor(
                                blocks.get(block).header().records(),
                                blocks.get(block).payload().length,
                                limits)) {
                    writer.append(
                            blocks.get(block).header(),
                            ByteBuffer.wrap(blocks.get(block).payload()));
                    block++;
                }
                files.add(writer.finish());
            }
        }
        StagedBatch batch = new StagedBatch(
                7,
                "edge-1",
                "1a2b3c4d",
                WINDOW_START,
                WINDOW_START + 1000,
                rule.key(),
                rule.missingKey(),
                rule.hashSeed(),
                Map.copyOf(rule.transforms()),
                files);
        Files.writeString(directory.resolve(StagedBatch.FILE_NAME), batch.toJson());
        return batch;
    }
}
