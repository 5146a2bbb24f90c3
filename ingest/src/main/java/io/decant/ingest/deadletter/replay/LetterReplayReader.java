package io.decant.ingest.deadletter.replay;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes blocks of one sink's letters in a plan, in the order of the file: of lines, and of frames where records came in
 * frames. A letter's position in its stream is its ordinal among those of its sink, which depends on nothing but the
 * file: so a restart continues at the first that is not durable. Holds in memory what it hands out. For one thread.
 */
final class LetterReplayReader implements AutoCloseable {

    private final DeadLetterStore store;
    private final DeadLetterReader lines;
    private final String sink;
    private final StreamId stream;
    private final long durable;
    private final GroupLimits limits;
    private final int recordBytesMax;
    private long read;
    /** Read and in no block yet. */
    private byte[] pending;

    private boolean pendingFramed;

    LetterReplayReader(DeadLetterStore store, LetterReplayPlan plan, String sink, LetterReplayTarget target) {
        this.store = store;
        this.lines = DeadLetterReader.of(store, List.of(LetterFiles.replay(plan.id())));
        this.sink = sink;
        this.stream = plan.stream(sink);
        this.durable = target.durable().applyAsLong(stream);
        this.limits = target.limits();
        this.recordBytesMax = target.recordBytesMax();
    }

    /**
     * As many blocks as the writer may run ahead of the disk; empty at the end.
     *
     * @throws IOException where the file cannot be read, or holds what the journal cannot take
     */
    List<Block> next(BlockOwner owner, long nowMillis) throws IOException {
        List<Block> blocks = new ArrayList<>();
        long bytes = 0;
        while (bytes < limits.aheadBytesMax() && peek() != null) {
            Block block = block(owner, nowMillis);
            blocks.add(block);
            bytes += block.bytes();
        }
        return blocks;
    }

    private Block block(BlockOwner owner, long nowMillis) throws IOException {
        long first = read - 1;
        boolean framed = pendingFramed;
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int records = 0;
        byte[] record = peek();
        do {
            payload.write(record);
            if (!framed) {
                payload.write('\n');
            }
            records++;
            pending = null;
            record = peek();
        } while (record != null && pendingFramed == framed && payload.size() + record.length < limits.bytesMax());
        ByteBuf bytes = Unpooled.wrappedBuffer(payload.toByteArray());
        return framed
                ? Block.framed(
                        stream, first, records, nowMillis, bytes, ResumePoint.NO_OFFSET, ResumePoint.NO_TOPIC, owner)
                : new Block(stream, first, records, nowMillis, bytes, owner);
    }

    /** The next record that is not durable, without its newline, or its frame; null at the end. */
    private byte[] peek() throws IOException {
        while (pending == null) {
            LetterLine line = lines.next();
            if (line == null) {
                return null;
            }
            if (!line.isDamaged() && line.filed().letter().replayGroup().equals(sink) && read++ >= durable) {
                DeadLetter letter = line.filed().letter();
                pendingFramed = letter.frame() != null;
                pending = pendingFramed ? letter.frame().around(letter.record()) : letter.record();
                if (pending.length > recordBytesMax) {
                    throw new IOException("the record in line " + line.number() + " of " + store.describe(line.file())
                            + " has " + pending.length + " bytes, and the journal accepts at most " + recordBytesMax
                            + "; raise journal.segment-size");
                }
            }
        }
        return pending;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
