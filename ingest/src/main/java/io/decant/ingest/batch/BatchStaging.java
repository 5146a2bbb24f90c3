package io.decant.ingest.batch;

import io.decant.bucketer.Chunks;
import io.decant.bucketer.Memory;
import io.decant.bucketer.Remainder;
import io.decant.ingest.journal.BlockView;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.Shape;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.SafeClose;
import io.decant.offload.files.SyncedOutput;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.BlockFileWriter;
import io.decant.offload.staging.StagedBatch;
import io.decant.offload.staging.StagedBlock;
import io.decant.offload.staging.StagedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Copies one batch from the mapped journal into block files, a file at each step, and makes them appear in one step. No
 * more of the journal is mapped than goes into a file. Owned by one thread.
 */
final class BatchStaging {

    /** Of most blocks; the buffer grows for a longer one. */
    private static final int PAYLOAD_BYTES = 1 << 20;

    private final JournalView journal;
    private final BatchFiles files;
    private final BlockFileLimits limits;
    private final Cut cut;
    private final long[] leftOut;
    private final long limit;
    private final List<StagedFile> written = new ArrayList<>();
    private final BlockView view = new BlockView();
    private long position;
    /** Of the batch's records, in this file and those before it. */
    private long writtenBytes;
    /** Records of the batch in the blocks that were passed, those that are left out included. */
    private long passed;
    /** How many of {@code leftOut} were passed. */
    private int passedLeftOut;

    private byte[] payload = new byte[PAYLOAD_BYTES];

    /**
     * @param leftOut ordinals of records that are set aside, ascending
     * @param start position where the batch begins
     * @param limit a position at or after its cut; everything before it is synced
     */
    BatchStaging(
            JournalView journal,
            BatchFiles files,
            BlockFileLimits limits,
            Cut cut,
            long[] leftOut,
            long start,
            long limit) {
        this.journal = journal;
        this.files = files;
        this.limits = limits;
        this.cut = cut;
        this.leftOut = leftOut;
        this.position = start;
        this.limit = limit;
    }

    /**
     * Whether what is staged is this batch of this journal, in the shape of its cut, without so many records that are
     * set aside.
     */
    static boolean isOf(Cut cut, int setAside, String journalIdText, StagedBatch staged) {
        return staged.batch() == cut.batch()
                && staged.journalId().equals(journalIdText)
                && staged.records() == cut.records() - setAside
                && staged.equals(describe(cut, journalIdText, staged.files()));
    }

    private static StagedBatch describe(Cut cut, String journalIdText, List<StagedFile> files) {
        Shape shape = cut.shape();
        return new StagedBatch(
                cut.batch(),
                shape.serverName(),
                journalIdText,
                cut.windowStartMillis(),
                cut.windowEndMillis(),
                shape.key(),
                shape.missingKey(),
                shape.hashSeed(),
                shape.transforms(),
                files);
    }

    /**
     * Writes one file.
     *
     * @return whether the batch is there now, whole
     * @throws IOException where the filesystem fails; then all of it has to be done again
     */
    boolean step() throws IOException {
        String directory = StagingPlace.unfinished(cut.batch());
        if (written.isEmpty()) {
            files.delete(directory);
        }
        if (!writeFile(directory)) {
            return false;
        }
        StagedBatch batch = describe(cut, journal.idText(), written);
        if (batch.records() + passedLeftOut != cut.records()) {
            throw new IllegalStateException("batch " + cut.batch() + " has " + batch.records() + " records and "
                    + passedLeftOut + " that are set aside, its cut says " + cut.records());
        }
        SyncedOutput out = files.create(directory + "/" + StagedBatch.FILE_NAME);
        SafeClose.afterTask(out::close, () -> {
            out.write(batch.toJson().getBytes(StandardCharsets.UTF_8));
            out.sync();
        });
        files.publish(directory, StagingPlace.directory(cut.batch()));
        return true;
    }

    /** Whether it was the last one. */
    private boolean writeFile(String directory) throws IOException {
        String name = StagedFile.nameOf(written.size());
        SyncedOutput out = files.create(directory + "/" + name);
        boolean last = SafeClose.after(out::close, () -> writeBlocks(name, out));
        StagedFile file = written.get(written.size() - 1);
        if (file.records() == 0) {
            // All that was left of the batch is set aside.
            written.remove(file);
            files.delete(directory + "/" + name);
        }
        return last;
    }

    private boolean writeBlocks(String name, SyncedOutput out) throws IOException {
        long end = limits.endOfFile(writtenBytes, cut.bytes());
        try (JournalReader reader = journal.read(position)) {
            BlockFileWriter writer = new BlockFileWriter(name, out);
            Cut last = reader.readBatch(
                    limit,
                    (address, bytes, records, header, framed) ->
                            append(writer, reader.addressOf(header), address, bytes, records, framed),
                    // The journal gives whole entries; and the last file has the cut, however full it is.
                    () -> writtenBytes < cut.bytes()
                            && writer.records() > 0
                            && (writtenBytes >= end || !writer.hasRoomFor(1, 1, limits.ofBatchFile())));
            written.add(writer.finish());
            out.sync();
            position = reader.position();
            return last != null;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void append(BlockFileWriter writer, long header, long address, int bytes, int records, boolean framed) {
        view.set(header);
        if (bytes > payload.length) {
            payload = new byte[bytes];
        }
        Memory.copyToArray(address, payload, 0, bytes);
        int from = passedLeftOut;
        passed += records;
        while (passedLeftOut < leftOut.length && leftOut[passedLeftOut] < passed) {
            passedLeftOut++;
        }
        writtenBytes += bytes;
        if (from == passedLeftOut) {
            append(writer, 0, records, 0, bytes, framed);
            return;
        }
        try (Chunks whole = new Chunks()) {
            whole.add(address, bytes, records, header, framed);
            long before = passed - records;
            Remainder remainder = Remainder.of(
                    whole,
                    Arrays.stream(leftOut, from, passedLeftOut)
                            .map(ordinal -> ordinal - before)
                            .toArray());
            try (Chunks left = remainder.chunks()) {
                for (int i = 0; i < left.size(); i++) {
                    append(
                            writer,
                            remainder.recordsBefore(i),
                            left.records(i),
                            (int) (left.address(i) - address),
                            left.length(i),
                            framed);
                }
            }
        }
    }

    /** A part of the block in the view, whose bytes are in the payload. */
    private void append(BlockFileWriter writer, int recordsBefore, int records, int offset, int bytes, boolean framed) {
        StagedBlock block = new StagedBlock(
                text(view.sourceAddress(), view.sourceBytes()),
                text(view.streamAddress(), view.streamBytes()),
                view.first() + recordsBefore,
                view.arrivalMillis(),
                records,
                framed);
        try {
            writer.append(block, ByteBuffer.wrap(payload, offset, bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
