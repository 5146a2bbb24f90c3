package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import java.util.Optional;

/**
 * {@code split: REGEX}: the pieces between the matches of an expression, as Java's {@link String#split(String)} finds
 * them: a leading empty piece stays unless the match there is empty, trailing ones go, and a value without a match, the
 * empty one among them, is one piece. Pieces are slices.
 */
final class SplitStep extends Step {

    static final String NAME = "split";

    private final String expression;

    SplitStep(String expression) {
        super(StepText.of(NAME, expression));
        this.expression = expression;
    }

    @Override
    boolean canSplit() {
        return true;
    }

    @Override
    Optional<ByteSet> separators() {
        return ByteSet.of(expression);
    }

    @Override
    StepStage newStage(Workspace workspace) {
        Optional<ByteSet> set = ByteSet.of(expression);
        if (set.isEmpty()) {
            return new ByExpression(workspace, new Expression(expression));
        }
        int only = set.get().only();
        return only >= 0 && !set.get().repeated() ? new ByByte(workspace, only) : new ByBytes(workspace, set.get());
    }

    /** Hands on pieces, but for the empty ones at the end. */
    private abstract static class Splitter extends StepStage {
        private boolean first;
        private int empty;

        Splitter(Workspace workspace) {
            super(workspace);
        }

        final void begin() {
            first = true;
            empty = 0;
        }

        final void piece(long from, long to) {
            if (from == to) {
                empty++;
                return;
            }
            for (; empty > 0; empty--) {
                hand(from, 0);
            }
            hand(from, (int) (to - from));
        }

        private void hand(long from, int length) {
            if (first) {
                first = false;
                emit(from, length);
            } else {
                emitFurther(from, length);
            }
        }
    }

    /** At a character of ASCII. */
    private static final class ByByte extends Splitter {
        private static final long BYTES = 0x0101010101010101L;
        private static final long LOW_SEVEN = 0x7F7F7F7F7F7F7F7FL;

        private final int separator;
        private final long separators;

        ByByte(Workspace workspace, int separator) {
            super(workspace);
            this.separator = separator;
            this.separators = BYTES * separator;
        }

        @Override
        void apply(long address, int length) {
            begin();
            long end = address + length;
            long start = address;
            long at = address;
            for (; end - at >= Long.BYTES; at += Long.BYTES) {
                long zeroed = Memory.getLongLittleEndian(at) ^ separators;
                // Exact for all eight bytes, as in Lines.
                long found = ~(((zeroed & LOW_SEVEN) + LOW_SEVEN) | zeroed | LOW_SEVEN);
                while (found != 0) {
                    long to = at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
                    piece(start, to);
                    start = to + 1;
                    found &= found - 1;
                }
            }
            for (; at < end; at++) {
                if (Memory.getByte(at) == separator) {
                    piece(start, at);
                    start = at + 1;
                }
            }
            if (start == address) {
                emit(address, length);
            } else {
                piece(start, end);
            }
        }
    }

    /** At one of some characters of ASCII, or at rows of them. */
    private static final class ByBytes extends Splitter {
        private final ByteSet set;
        private final boolean repeated;

        ByBytes(Workspace workspace, ByteSet set) {
            super(workspace);
            this.set = set;
            this.repeated = set.repeated();
        }

        @Override
        void apply(long address, int length) {
            begin();
            long end = address + length;
            long start = address;
            long at = address;
            while (at < end) {
                if (!set.has(Memory.getByte(at))) {
                    at++;
                    continue;
                }
                piece(start, at);
                at++;
                while (repeated && at < end && set.has(Memory.getByte(at))) {
                    at++;
                }
                start = at;
            }
            if (start == address) {
                emit(address, length);
            } else {
                piece(start, end);
            }
        }
    }

    private static final class ByExpression extends Splitter {
        private final Expression expression;

        ByExpression(Workspace workspace, Expression expression) {
            super(workspace);
            this.expression = expression;
        }

        @Override
        void apply(long address, int length) {
            begin();
            long start = address;
            expression.begin(address, length);
            while (expression.next()) {
                if (expression.end() > address) {
                    piece(start, expression.start());
                    start = expression.end();
                }
            }
            if (start == address) {
                emit(address, length);
            } else {
                piece(start, address + length);
            }
        }
    }
}
