package io.decant.bucketer;

import java.util.List;

/**
 * Reads records that transforms made: those that lie somewhere where they lie, the others by making them again, of the
 * record that they came of. One record at a time. Owned by one thread.
 */
final class OutputReader implements AutoCloseable {

    private static final int FRAME_BYTES_MIN = 1024;
    /** No {@link RecordRef}. */
    private static final long NONE = 0;

    private final RecordOutputs outputs;
    private long ref;
    private int tag;
    /** The record that {@link #outputs} are of, and the transform. */
    private long madeOf;

    private int madeBy;
    private int madeCount;
    private long frame;
    private long frameBytes;
    private boolean frameMade;

    OutputReader(List<Transform> transforms) {
        this.outputs = new RecordOutputs(transforms);
    }

    /** Turns to a record. */
    void turnTo(long outputRef, int outputTag) {
        if (outputRef == ref && outputTag == tag) {
            return;
        }
        int transform = OutputTag.transform(outputTag);
        if (OutputTag.isRebuilt(outputTag) && (madeOf != outputRef || madeBy != transform)) {
            // Where it cannot be made, it is not taken for made the next time.
            ref = NONE;
            madeOf = NONE;
            outputs.turnTo(transform);
            madeCount = RecordRef.isFrame(outputRef)
                    ? outputs.frame(RecordRef.address(outputRef))
                    : outputs.line(RecordRef.address(outputRef), RecordRef.length(outputRef));
            madeOf = outputRef;
            madeBy = transform;
        }
        ref = outputRef;
        tag = outputTag;
        frameMade = false;
    }

    /** Where the value begins. */
    long address() {
        return OutputTag.isRebuilt(tag) ? outputs.address(index()) : RecordRef.valueAddress(ref);
    }

    /** Bytes of the value; 0 of a tombstone. */
    int length() {
        return OutputTag.isRebuilt(tag) ? outputs.length(index()) : RecordRef.length(ref);
    }

    private int index() {
        int index = OutputTag.index(tag);
        assert index < madeCount
                : "a transform made " + madeCount + " records of one, of which " + index + " is missing";
        return index;
    }

    /** The {@link Frame} that the record lies in; 0 for a line. */
    long frame() {
        if (!RecordRef.isFrame(ref)) {
            return 0;
        }
        return OutputTag.isRebuilt(tag) ? madeFrame() : RecordRef.address(ref);
    }

    private long madeFrame() {
        if (!frameMade) {
            long bytes = outputs.bytes(index());
            if (bytes > frameBytes) {
                closeFrame();
                long larger = Math.max(FRAME_BYTES_MIN, 2 * bytes);
                frame = Memory.allocate(larger);
                frameBytes = larger;
            }
            outputs.put(index(), frame);
            frameMade = true;
        }
        return frame;
    }

    private void closeFrame() {
        if (frame != 0) {
            Memory.free(frame, frameBytes);
            frame = 0;
            frameBytes = 0;
        }
    }

    @Override
    public void close() {
        outputs.close();
        closeFrame();
    }
}
