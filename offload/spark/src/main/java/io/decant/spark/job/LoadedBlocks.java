package io.decant.spark.job;

import io.decant.bucketer.ChunkCursor;
import io.decant.bucketer.Chunks;
import io.decant.offload.staging.RunHeader;
import io.decant.offload.staging.StagedBlockView;
import io.decant.offload.staging.StagedSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A block file in native memory. */
final class LoadedBlocks implements LoadedSegment {

    private static final int CHUNKS_MIN = 16;

    private final StagedSegment segment;
    private final KeyRule rule;
    private final Chunks chunks = new Chunks();
    private final ChunkCursor cursor = new ChunkCursor(chunks);
    private final Map<RunHeader.Stream, Integer> numbers = new HashMap<>();
    private final List<RunHeader.Stream> streams = new ArrayList<>();
    private final StagedBlockView block = new StagedBlockView();
    /** By chunk. */
    private int[] streamOf = new int[CHUNKS_MIN];

    /** Takes the segment over, also where this throws. */
    LoadedBlocks(StagedSegment segment, KeyRule rule) {
        this.segment = segment;
        this.rule = rule;
        try {
            segment.forEachBlock(this::add);
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private void add(StagedBlockView added) {
        if (chunks.size() == streamOf.length) {
            streamOf = Arrays.copyOf(streamOf, streamOf.length * 2);
        }
        streamOf[chunks.size()] = number(new RunHeader.Stream(added.source(), added.stream()));
        chunks.add(
                added.payloadAddress(),
                added.payloadBytes(),
                added.records(),
                added.headerAddress(),
                added.framed(),
                rule.transformOf(added.source()));
    }

    private int number(RunHeader.Stream stream) {
        return numbers.computeIfAbsent(stream, added -> {
            streams.add(added);
            return streams.size() - 1;
        });
    }

    @Override
    public Chunks chunks() {
        return chunks;
    }

    @Override
    public List<RunHeader.Stream> streams() {
        return streams;
    }

    @Override
    public void turnTo(long arrival) {
        if (cursor.turnTo(arrival)) {
            segment.show(block, cursor.tag());
        }
    }

    @Override
    public int stream() {
        return streamOf[cursor.chunk()];
    }

    @Override
    public long position() {
        return block.first() + cursor.offset();
    }

    @Override
    public long arrivalMillis() {
        return block.arrivalMillis();
    }

    @Override
    public void close() {
        chunks.close();
        segment.close();
    }
}
