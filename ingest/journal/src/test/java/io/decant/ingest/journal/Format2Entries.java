package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.journal.Shape.RegexEngine;
import java.util.List;
import java.util.Map;

/** What only format 2 of the journal can say, to be written among the entries of a test's journal. */
public final class Format2Entries {

    private Format2Entries() {}

    /** A shape that takes format 2: another one for each of six batches in a row, which is more than are held. */
    public static Shape reshaped(Shape plain, long batch) {
        List<SinkShape> sinks = plain.sinks().stream()
                .map(sink -> new SinkShape(
                        sink.name(),
                        sink.type(),
                        sink.format(),
                        sink.maxRecords(),
                        sink.maxBytes(),
                        "table " + batch % 2))
                .toList();
        return plain.withSinks(sinks)
                .withTransforms(Map.of("logs", List.of("step " + batch % 3)))
                .withRegexEngine(RegexEngine.RE2);
    }

    /** The same of what this version can deliver: nothing that its batches are made of changes by it. */
    public static Shape known(Shape plain, long variant) {
        return new Shape(
                plain.serverName(),
                plain.keys(),
                plain.missingKey(),
                plain.hashSeed() + variant,
                plain.keySemantics(),
                RegexEngine.RE2,
                plain.transforms(),
                plain.sinks());
    }

    /** A block with a cursor that tells where it ends. */
    public static Block withCursor(Block block) {
        return block.withCursor(cursor(block.stream(), block.next()));
    }

    /** The cursor of a stream of which so many records are there. */
    public static OpaqueBytes cursor(StreamId stream, long next) {
        return OpaqueBytes.of((stream.name() + "@" + next).getBytes(UTF_8));
    }

    /** Sets a record of the last batch aside, if no sink has begun it. */
    public static void exclude(JournalWriter writer) {
        JournalState state = writer.state();
        long batch = state.lastBatch();
        boolean begun = state.marks().values().stream().anyMatch(mark -> mark.hasBegun(batch));
        if (batch > 0 && !begun && state.exclusions(batch).isEmpty()) {
            writer.append(new Exclusion(batch, batch % 3, "cannot be processed in batch " + batch));
        }
    }

    /** Notes what an import is going to read. */
    public static void plan(JournalWriter writer, int step) {
        writer.append(new ImportPlan("shop", OpaqueBytes.of(("plan " + step).getBytes(UTF_8))));
    }

    /** Notes what an import has read. */
    public static void done(JournalWriter writer, int step) {
        writer.append(new ImportDone(
                "shop",
                "orders-" + step % 2,
                OpaqueBytes.of((byte) step),
                OpaqueBytes.of(("limits " + step).getBytes(UTF_8))));
    }
}
