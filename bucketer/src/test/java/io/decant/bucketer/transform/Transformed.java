package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformFailure;
import io.decant.bucketer.Transformer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of a record: dead, or some records.
 *
 * @param failure why it is dead; else null
 * @param outputs bytes as characters, one each; a null is a tombstone
 * @param furtherPieces how many records steps made beyond one each
 */
record Transformed(TransformFailure failure, List<String> outputs, int furtherPieces) {

    /** Transforms a record, whose bytes are the characters of the text; null: a tombstone. */
    static Transformed of(StepTransform transform, String record) {
        try (StepTransformer transformer = (StepTransformer) transform.newTransformer()) {
            if (record == null) {
                boolean stays = transformer.transformTombstone() == 1;
                return new Transformed(null, stays ? Arrays.asList((String) null) : List.of(), 0);
            }
            byte[] bytes = record.getBytes(StandardCharsets.ISO_8859_1);
            long address = Memory.allocate(bytes.length + 1);
            try {
                Memory.copyFromArray(bytes, 0, bytes.length, address);
                Memory.putByte(address + bytes.length, (byte) '\n');
                return read(transformer, address, bytes.length);
            } finally {
                Memory.free(address, bytes.length + 1);
            }
        }
    }

    private static Transformed read(StepTransformer transformer, long address, int length) {
        int count = transformer.transform(address, length);
        if (count == Transformer.FAILED) {
            return new Transformed(TransformFailure.of(transformer.failure()), List.of(), 0);
        }
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[transformer.length(i)];
            Memory.copyToArray(transformer.address(i), bytes, 0, bytes.length);
            outputs.add(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return new Transformed(null, outputs, transformer.furtherPieces());
    }

    /** What is left of these by a transform: dead as soon as one of them is, or there are too many. */
    Transformed then(StepTransform transform) {
        if (isDead()) {
            return this;
        }
        List<String> all = new ArrayList<>();
        int pieces = furtherPieces;
        for (String output : outputs) {
            Transformed part = of(transform, output);
            pieces += part.furtherPieces;
            if (part.isDead()) {
                return part;
            }
            if (pieces >= Workspace.OUTPUTS_MAX) {
                return new Transformed(new TransformFailure(0, TransformFailure.Reason.TOO_MANY), List.of(), 0);
            }
            all.addAll(part.outputs);
        }
        return new Transformed(null, all, pieces);
    }

    boolean isDead() {
        return failure != null;
    }

    /** For comparing: which of several errors is reported is no part of it. */
    String text() {
        return isDead()
                ? "dead"
                : outputs.stream().map(String::valueOf).collect(Collectors.joining("\n", "[", "] " + furtherPieces));
    }
}
