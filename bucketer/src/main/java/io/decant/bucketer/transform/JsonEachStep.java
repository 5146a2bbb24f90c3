package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import io.decant.bucketer.JsonScanner;
import io.decant.bucketer.TransformFailure.Reason;
import java.util.Arrays;
import java.util.List;

/**
 * {@code json-each: /pointer}: each element of the array that the pointer leads to, as it stands: slices. The last such
 * array counts, as for keys. A record without one fails.
 */
final class JsonEachStep extends Step {

    static final String NAME = "json-each";

    private final PointerNode.Walk root;

    JsonEachStep(String pointer) {
        super(StepText.of(NAME, pointer));
        this.root = PointerNode.of(List.of(JsonPath.of(pointer))).walk();
    }

    @Override
    boolean canSplit() {
        return true;
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Each(workspace, root);
    }

    private static final class Each extends JsonStage {
        private static final int KEPT = 1024;

        private long array;
        private long[] froms = new long[16];
        private int[] lengths = new int[16];
        private int count;

        Each(Workspace workspace, PointerNode.Walk root) {
            super(workspace, root);
        }

        @Override
        void apply(long address, int length) {
            array = 0;
            read(address, length);
            if (array == 0) {
                throw fail(Reason.NO_ARRAY);
            }
            find();
            for (int i = 0; i < count; i++) {
                if (i == 0) {
                    emit(froms[i], lengths[i]);
                } else {
                    emitFurther(froms[i], lengths[i]);
                }
            }
            if (count > KEPT) {
                froms = new long[KEPT];
                lengths = new int[KEPT];
            }
        }

        @Override
        void found(int pointer, long from, long to) {
            array = scanner().peek(from) == '[' ? from : 0;
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long from) {
            if (child != null) {
                array = 0;
            }
            return value(from, child);
        }

        /** Finds the elements of the array, which has been read over before. */
        private void find() {
            JsonScanner scanner = scanner();
            count = 0;
            long at = scanner.space(array + 1);
            while (scanner.peek(at) != ']') {
                long behind = scanner.value(at);
                add(at, (int) (behind - at));
                at = scanner.space(behind);
                if (scanner.peek(at) == ',') {
                    at = scanner.space(at + 1);
                }
            }
        }

        private void add(long from, int length) {
            if (count > Workspace.OUTPUTS_MAX) {
                throw fail(Reason.TOO_MANY);
            }
            if (count == froms.length) {
                froms = Arrays.copyOf(froms, 2 * count);
                lengths = Arrays.copyOf(lengths, 2 * count);
            }
            froms[count] = from;
            lengths[count] = length;
            count++;
        }
    }
}
