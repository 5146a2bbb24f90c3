package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

/** Everything allocated within a try block is freed at its end. */
final class LeakCheck implements AutoCloseable {

    private final long before = Memory.allocatedBytes();

    @Override
    public void close() {
        assertThat(Memory.allocatedBytes()).as("bytes off the heap").isEqualTo(before);
    }
}
