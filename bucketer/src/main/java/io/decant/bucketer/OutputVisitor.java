package io.decant.bucketer;

import java.util.function.BooleanSupplier;

/** Goes through all that the records of a batch become, in order of arrival. For one pass, on one thread. */
abstract class OutputVisitor extends RecordScanner {

    private final Chunks chunks;
    private final KeyHasher hasher;
    private final boolean keylessOut;
    private final RecordOutputs outputs;

    OutputVisitor(Chunks chunks, Keying keying, BooleanSupplier stopped) {
        super(chunks, Ranges.of(chunks, 1), LongArray.empty(), LongArray.empty(), null, null, stopped);
        this.chunks = chunks;
        this.hasher = keying.newHasher();
        this.keylessOut = keying.leavesKeylessOut();
        this.outputs = new RecordOutputs(keying.transforms());
    }

    /** Goes through all. */
    final void visit() {
        run(0);
    }

    /** What the record that is being visited became. */
    final RecordOutputs outputs() {
        return outputs;
    }

    @Override
    final void begin(int chunk) {
        outputs.turnTo(chunks.transform(chunk));
    }

    @Override
    final void take(long record, long start, long end, int range) {
        take(outputs.line(start, (int) (end - start)), (int) record);
    }

    @Override
    final void takeFrame(long record, long frame, int range) {
        take(outputs.frame(frame), (int) record);
    }

    private void take(int count, int record) {
        if (count == Transformer.FAILED) {
            failed(record);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!keylessOut) {
                keyed(outputs.hash(i, hasher), i, record);
            } else if (outputs.findKey(i, hasher)) {
                keyed(hasher.hashFound(), i, record);
            } else {
                keyless(i, record);
            }
        }
    }

    /** An output that belongs to a bucket. */
    abstract void keyed(long hash, int output, int record);

    /** An output without a key. */
    void keyless(int output, int record) {}

    /** A record that could not be transformed. */
    void failed(int record) {}

    @Override
    public void close() {
        outputs.close();
    }
}
