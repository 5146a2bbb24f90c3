package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a checkpoint. Those of format 1 are what 0.1.0 reads; it passes over what stands behind the marks, where
 * the time served is. Stateless.
 */
final class CheckpointCodec {

    /** What a checkpoint said. */
    record Checkpoint(long segment, long base, JournalState state) {}

    private CheckpointCodec() {}

    /** The lowest format that can say all of a state. */
    static int format(JournalState state) {
        boolean plain = state.shapes().held().isEmpty()
                && state.exclusions().isEmpty()
                && state.imports().isEmpty()
                && state.streams().values().stream()
                        .allMatch(position -> position.cursor().isEmpty());
        return plain ? EntryCodec.FORMAT_FIRST : EntryCodec.FORMAT;
    }

    /** A state's bytes, for a checkpoint of a segment that begins at {@code base}, in its {@link #format}. */
    static ByteBuffer encode(JournalState state, long segment, long base) {
        boolean format2 = format(state) == EntryCodec.FORMAT;
        boolean served =
                format2 || (state.servedMillis() > 0 && !state.streams().isEmpty());
        int bytes = JournalState.NUMBERS_BYTES
                + EntryCodec.encodedBytes(state.uncutRecipients().replay())
                + bytesOfStreams(state.streams())
                + Integer.BYTES
                + state.marks().values().stream()
                        .mapToInt(EntryCodec::encodedBytes)
                        .sum()
                + (served ? Long.BYTES + Long.BYTES * state.streams().size() : 0)
                + (format2 ? bytesOfFormat2(state) : 0);
        ByteBuffer target = ByteBuffer.allocate(2 * Long.BYTES + bytes).order(ByteOrder.LITTLE_ENDIAN);
        target.putLong(segment).putLong(base);
        state.putNumbers(target);
        EntryCodec.putString(target, state.uncutRecipients().replay());
        target.putInt(state.streams().size());
        state.streams().forEach((stream, position) -> {
            EntryCodec.putString(target, stream.source());
            EntryCodec.putString(target, stream.name());
            target.putLong(position.next()).putLong(position.lastSeenMillis());
            BlockHeader.putResume(target, position.resume());
        });
        target.putInt(state.marks().size());
        state.marks().values().forEach(mark -> EntryCodec.putMark(target, mark));
        if (served) {
            target.putLong(state.servedMillis());
            state.streams().values().forEach(position -> target.putLong(position.seenServedMillis()));
        }
        if (format2) {
            putFormat2(target, state);
        }
        return target.flip();
    }

    private static int bytesOfStreams(Map<StreamId, JournalState.StreamPosition> streams) {
        int bytes = Integer.BYTES;
        for (StreamId stream : streams.keySet()) {
            bytes += EntryCodec.encodedBytes(stream.source())
                    + EntryCodec.encodedBytes(stream.name())
                    + JournalState.StreamPosition.ENCODED_BYTES;
        }
        return bytes;
    }

    private static int bytesOfFormat2(JournalState state) {
        int bytes = 4 * Integer.BYTES;
        for (JournalState.StreamPosition position : state.streams().values()) {
            bytes += position.cursor().encodedBytes();
        }
        for (Shape shape : state.shapes().held().values()) {
            bytes += Integer.BYTES + ShapeCodec.encodedBytes(shape);
        }
        for (Exclusion exclusion : state.exclusions()) {
            bytes += exclusion.encodedBytes();
        }
        return bytes + state.imports().bytes();
    }

    private static void putFormat2(ByteBuffer target, JournalState state) {
        state.streams().values().forEach(position -> position.cursor().put(target));
        target.putInt(state.shapes().held().size());
        state.shapes().held().forEach((number, shape) -> {
            target.putInt(number);
            ShapeCodec.put(target, shape);
        });
        target.putInt(state.exclusions().size());
        state.exclusions().forEach(exclusion -> exclusion.put(target));
        target.putInt(state.imports().plans().size());
        state.imports().plans().forEach(plan -> plan.put(target));
        target.putInt(state.imports().done().size());
        state.imports().done().forEach(done -> done.put(target));
    }

    /** @param format of the entries that hold the checkpoint */
    static Checkpoint decode(ByteBuffer source, int format) {
        long segment = source.getLong();
        long base = source.getLong();
        JournalState state = new JournalState();
        state.getNumbers(source);
        state.restoreUncutRecipients(new Recipients(EntryCodec.getString(source)));
        for (int i = source.getInt(); i > 0; i--) {
            StreamId stream = new StreamId(EntryCodec.getString(source), EntryCodec.getString(source), true);
            state.restore(
                    stream,
                    new JournalState.StreamPosition(source.getLong(), source.getLong(), BlockHeader.getResume(source)));
        }
        for (int i = source.getInt(); i > 0; i--) {
            state.restore(EntryCodec.getMark(source));
        }
        List<StreamId> streams = List.copyOf(state.streams().keySet());
        if (source.hasRemaining()) {
            state.served(source.getLong());
            streams.forEach(
                    stream -> state.restore(stream, state.streams().get(stream).seen(source.getLong())));
        }
        if (format == EntryCodec.FORMAT) {
            getFormat2(source, state, streams);
        }
        return new Checkpoint(segment, base, state);
    }

    private static void getFormat2(ByteBuffer source, JournalState state, List<StreamId> streams) {
        streams.forEach(
                stream -> state.restore(stream, state.streams().get(stream).with(OpaqueBytes.get(source))));
        for (int i = source.getInt(); i > 0; i--) {
            int number = source.getInt();
            state.shapes().restore(number, ShapeCodec.get(source));
        }
        for (int i = source.getInt(); i > 0; i--) {
            state.restore(Exclusion.get(source));
        }
        for (int i = source.getInt(); i > 0; i--) {
            state.apply(ImportPlan.get(source));
        }
        for (int i = source.getInt(); i > 0; i--) {
            state.apply(ImportDone.get(source));
        }
    }
}
