package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import java.util.Optional;

/** {@code trim}: a slice without spaces and control characters at both ends, as Java's {@link String#trim}. */
final class TrimStep extends Step {

    static final String NAME = "trim";

    TrimStep() {
        super(StepText.of(NAME));
    }

    @Override
    Optional<ByteSet> separators() {
        return Optional.of(ByteSet.NONE);
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new StepStage(workspace) {
            @Override
            void apply(long address, int length) {
                long from = address;
                long to = address + length;
                while (from < to && isSpace(from)) {
                    from++;
                }
                while (from < to && isSpace(to - 1)) {
                    to--;
                }
                emit(from, (int) (to - from));
            }
        };
    }

    private static boolean isSpace(long address) {
        byte c = Memory.getByte(address);
        return c >= 0 && c <= ' ';
    }
}
