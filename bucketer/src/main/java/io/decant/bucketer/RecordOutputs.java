package io.decant.bucketer;

import java.util.List;

/**
 * Applies the transforms of a batch to records, one at a time, whether they are lines or lie in frames. What came of a
 * record stays until the next one. Owned by one thread.
 */
final class RecordOutputs implements AutoCloseable {

    private final List<Transform> transforms;
    private final Transformer[] transformers;
    private Transformer transformer;
    private int transform;
    private long record;
    private long value;
    private int valueLength;
    private boolean framed;
    private boolean tombstone;
    private int count;

    RecordOutputs(List<Transform> transforms) {
        this.transforms = transforms;
        this.transformers = new Transformer[transforms.size() + 1];
    }

    /** Turns to a transform, from 1; 0: records stay as they are. */
    void turnTo(int number) {
        transform = number;
        if (number > 0 && transformers[number] == null) {
            transformers[number] = transforms.get(number - 1).newTransformer();
        }
        transformer = transformers[number];
    }

    /** Transforms a line; how many records it became, or {@link Transformer#FAILED}. */
    int line(long address, int length) {
        framed = false;
        tombstone = false;
        record = address;
        value = address;
        valueLength = length;
        count = transformer == null ? 1 : transformer.transform(address, length);
        return count;
    }

    /** The same for a record in a frame. */
    int frame(long frame) {
        framed = true;
        tombstone = Frame.isTombstone(frame);
        record = frame;
        value = Frame.valueAddress(frame);
        valueLength = Frame.valueLength(frame);
        if (transformer == null) {
            count = 1;
        } else {
            count = tombstone ? transformer.transformTombstone() : transformer.transform(value, valueLength);
        }
        return count;
    }

    /** {@link Transformer#filter} of a line. */
    int filterLine(long address, int length) {
        return transformer == null ? 1 : transformer.filter(address, length);
    }

    /** The same for a record in a frame. */
    int filterFrame(long frame) {
        if (transformer == null) {
            return 1;
        }
        return Frame.isTombstone(frame)
                ? transformer.transformTombstone()
                : transformer.filter(Frame.valueAddress(frame), Frame.valueLength(frame));
    }

    /** Which transform it went through, from 1. */
    int transform() {
        return transform;
    }

    /** How many records it became. */
    int count() {
        return count;
    }

    /** Which step it failed at and why: a {@link TransformFailure#code}. */
    int failure() {
        return transformer.failure();
    }

    /** The record that was transformed. */
    long recordRef() {
        return framed ? RecordRef.ofFrame(record) : RecordRef.of(record, valueLength);
    }

    /** Where the value of an output begins. */
    long address(int output) {
        return transformer == null || tombstone ? value : transformer.address(output);
    }

    /** Bytes of the value of an output. */
    int length(int output) {
        return transformer == null || tombstone ? valueLength : transformer.length(output);
    }

    /** A reference to an output, which is put into memory if it must be; 0 where there is no room. */
    long ref(int output, OutputMemory.Page memory) {
        if (isRecord(output)) {
            return recordRef();
        }
        if (isSlice(output)) {
            return RecordRef.of(address(output), length(output));
        }
        long to = memory.take(bytes(output));
        return to == 0 ? 0 : put(output, to);
    }

    /** Whether an output is the record as it was. */
    private boolean isRecord(int output) {
        return address(output) == value && length(output) == valueLength;
    }

    /** Whether an output lies in its record's line such that a {@link RecordRef} can lead to it. */
    private boolean isSlice(int output) {
        long address = address(output);
        long end = address + length(output);
        return !framed
                && address >= value
                && end <= value + valueLength
                && (!RecordRef.isLong(length(output)) || end == value + valueLength);
    }

    /** Bytes that an output takes as a record of its own: a frame like its record's, or a line. */
    long bytes(int output) {
        return framed ? Frame.bytesWithValue(record, length(output)) : length(output) + 1L;
    }

    /** Writes an output as a record of its own; the reference to it. */
    long put(int output, long to) {
        int length = length(output);
        if (framed) {
            Frame.putWithValue(record, address(output), length, to);
            return RecordRef.ofFrame(to);
        }
        Memory.copy(address(output), to, length);
        Memory.putByte(to + length, (byte) '\n');
        return RecordRef.of(to, length);
    }

    /** Whether an output has a key. */
    boolean findKey(int output, KeyHasher hasher) {
        if (!framed) {
            return hasher.find(address(output), length(output));
        }
        return tombstone ? hasher.findInFrame(record) : hasher.findWithValue(record, address(output), length(output));
    }

    /** The hash of an output's key, or of the output where it has none. */
    long hash(int output, KeyHasher hasher) {
        if (!framed) {
            return hasher.hash(address(output), length(output));
        }
        return tombstone ? hasher.hashFrame(record) : hasher.hashWithValue(record, address(output), length(output));
    }

    /** Adds what has been done to the counts of each transform. */
    void addCounts(List<StepCounts> counts) {
        for (int i = 1; i < transformers.length; i++) {
            if (transformers[i] != null) {
                transformers[i].addCounts(counts.get(i - 1));
            }
        }
    }

    @Override
    public void close() {
        for (Transformer each : transformers) {
            if (each != null) {
                each.close();
            }
        }
    }
}
