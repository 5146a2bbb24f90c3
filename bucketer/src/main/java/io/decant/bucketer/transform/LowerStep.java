package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import io.decant.bucketer.Utf8;

/**
 * {@code lower}: the value in lower case, character by character ({@link Character#toLowerCase(int)}). Bytes that are
 * no UTF-8 stay as they are, and so does a value that is in lower case.
 */
final class LowerStep extends Step {

    static final String NAME = "lower";

    LowerStep() {
        super(StepText.of(NAME));
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Lower(workspace);
    }

    private static final class Lower extends StepStage {
        private int bytes;

        Lower(Workspace workspace) {
            super(workspace);
        }

        @Override
        void apply(long address, int length) {
            long end = address + length;
            long at = firstChange(address, end);
            if (at == end) {
                emit(address, length);
                return;
            }
            BuildMemory build = build();
            build.copy(address, at - address);
            while (at < end) {
                int c = Memory.getByte(at);
                if (c >= 0) {
                    build.put(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
                    at++;
                    continue;
                }
                int lower = changed(at, end);
                if (lower < 0) {
                    build.copy(at, bytes);
                } else {
                    build.putCharacter(lower);
                }
                at += bytes;
            }
            emitBuilt();
        }

        /** The first character that is not in lower case; {@code end} where there is none. */
        private long firstChange(long from, long end) {
            long at = from;
            while (at < end) {
                int c = Memory.getByte(at);
                if ((c >= 'A' && c <= 'Z') || (c < 0 && changed(at, end) >= 0)) {
                    return at;
                }
                at += c < 0 ? bytes : 1;
            }
            return end;
        }

        /** The character beyond ASCII at {@code at} in lower case; -1 where it is that, or is no UTF-8. */
        private int changed(long at, long end) {
            bytes = Utf8.characterBytes(at, end);
            if (bytes == 0) {
                bytes = 1;
                return -1;
            }
            int character = Utf8.character(at, bytes);
            int lower = Character.toLowerCase(character);
            return lower == character ? -1 : lower;
        }
    }
}
