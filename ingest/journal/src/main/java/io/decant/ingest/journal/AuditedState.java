package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the good entries of a journal say beside its batches, up to where an audit has come. Unlike {@link JournalState}
 * it takes what does not follow from what is before it, since anything may be missing. Owned by one thread.
 */
final class AuditedState {

    private record ExclusionId(long batch, long ordinal) implements Comparable<ExclusionId> {
        @Override
        public int compareTo(ExclusionId other) {
            int byBatch = Long.compare(batch, other.batch);
            return byBatch != 0 ? byBatch : Long.compare(ordinal, other.ordinal);
        }
    }

    private final Map<StreamId, JournalState.StreamPosition> streams = new LinkedHashMap<>();
    private final RequestStreams requests = new RequestStreams();
    private final Map<String, Mark> marks = new LinkedHashMap<>();
    private final TreeMap<ExclusionId, Exclusion> exclusions = new TreeMap<>();
    private final Map<String, ImportPlan> plans = new LinkedHashMap<>();
    private final Map<List<String>, ImportDone> done = new LinkedHashMap<>();
    private final Set<StreamId> seen = new HashSet<>();
    private long servedMillis;

    /** Takes over what a checkpoint knows. */
    void adopt(JournalState state) {
        streams.clear();
        streams.putAll(state.streams());
        requests.reset(streams.keySet());
        marks.clear();
        marks.putAll(state.marks());
        exclusions.clear();
        state.exclusions().forEach(this::add);
        plans.clear();
        state.imports().plans().forEach(this::add);
        done.clear();
        state.imports().done().forEach(this::add);
        seen.clear();
        servedMillis = state.servedMillis();
    }

    /** Takes what an entry says that holds no records and closes no batch. */
    void apply(EntryKind kind, ByteBuffer body) {
        switch (kind) {
            case MARK -> {
                Mark mark = EntryCodec.getMark(body);
                marks.merge(mark.sink(), mark, (before, now) -> now.isBeyond(before) ? now : before);
            }
            case FORGET -> {
                String sink = EntryCodec.getString(body);
                if (sink.isEmpty()) {
                    served(body.getLong());
                } else {
                    marks.remove(sink);
                }
            }
            case EXCLUSION -> add(Exclusion.get(body));
            case PLAN -> add(ImportPlan.get(body));
            case DONE -> add(ImportDone.get(body));
            case CHECKPOINT, BLOCKS, CUT, SHAPE -> {}
        }
    }

    private void add(Exclusion exclusion) {
        exclusions.put(new ExclusionId(exclusion.batch(), exclusion.ordinal()), exclusion);
    }

    private void add(ImportPlan plan) {
        plans.put(plan.source(), plan);
    }

    private void add(ImportDone read) {
        done.put(List.of(read.source(), read.table()), read);
    }

    private void served(long millis) {
        servedMillis = Math.max(servedMillis, millis);
        seen.forEach(stream -> streams.computeIfPresent(stream, (id, position) -> position.seen(servedMillis)));
        seen.clear();
    }

    /** A block of a kept stream is there. */
    void apply(BlockHeader block) {
        JournalState.StreamPosition before = streams.put(
                block.stream(),
                new JournalState.StreamPosition(
                        block.first() + block.records(),
                        block.arrivalMillis(),
                        block.resume(),
                        servedMillis,
                        block.cursor()));
        seen.add(block.stream());
        if (before == null) {
            requests.add(block.stream(), oldest -> {
                streams.remove(oldest);
                seen.remove(oldest);
            });
        }
    }

    Map<StreamId, JournalState.StreamPosition> streams() {
        return streams;
    }

    Map<String, Mark> marks() {
        return marks;
    }

    /** Those of batches that not every sink has whole. */
    List<Exclusion> exclusions() {
        long delivered = marks.values().stream().mapToLong(Mark::batch).min().orElse(Long.MAX_VALUE);
        return exclusions.values().stream()
                .filter(exclusion -> exclusion.batch() > delivered)
                .toList();
    }

    List<ImportPlan> plans() {
        return new ArrayList<>(plans.values());
    }

    List<ImportDone> done() {
        return new ArrayList<>(done.values());
    }

    long servedMillis() {
        return servedMillis;
    }
}
