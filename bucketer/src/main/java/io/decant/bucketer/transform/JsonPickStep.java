package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * {@code json-pick: {name: /pointer, ...}}: an object of the values that the pointers lead to, as they stand. One that
 * leads to nothing leaves its member out.
 */
final class JsonPickStep extends Step {

    static final String NAME = "json-pick";

    private final PointerNode.Walk root;
    private final byte[][] names;
    /** Several names may have the same pointer, which stands in the tree once. */
    private final int[] pointers;

    JsonPickStep(Map<String, String> picked) {
        super(StepText.of(NAME, picked));
        List<String> different = List.copyOf(new LinkedHashSet<>(picked.values()));
        List<JsonPath> paths = new ArrayList<>();
        different.forEach(pointer -> paths.add(JsonPath.of(pointer)));
        this.root = PointerNode.of(paths).walk();
        this.pointers = picked.values().stream().mapToInt(different::indexOf).toArray();
        this.names = picked.keySet().stream()
                .map(name -> (StepText.quoted(name) + ":").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Pick(workspace, root, names, pointers);
    }

    private static final class Pick extends JsonStage {
        private final byte[][] names;
        private final int[] pointers;
        private final long[] from;
        private final long[] to;

        Pick(Workspace workspace, PointerNode.Walk root, byte[][] names, int[] pointers) {
            super(workspace, root);
            this.names = names;
            this.pointers = pointers;
            this.from = new long[names.length];
            this.to = new long[names.length];
        }

        @Override
        void apply(long address, int length) {
            Arrays.fill(from, 0);
            read(address, length);
            BuildMemory build = build();
            int before = '{';
            for (int i = 0; i < names.length; i++) {
                int pointer = pointers[i];
                if (from[pointer] != 0) {
                    build.put(before);
                    build.put(names[i]);
                    build.copy(from[pointer], to[pointer] - from[pointer]);
                    before = ',';
                }
            }
            if (before == '{') {
                build.put('{');
            }
            build.put('}');
            emitBuilt();
        }

        @Override
        void found(int pointer, long valueFrom, long valueTo) {
            from[pointer] = valueFrom;
            to[pointer] = valueTo;
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long valueFrom) {
            if (child != null) {
                // Of members with the same name the last one counts.
                for (int pointer : child.pointersWithin()) {
                    from[pointer] = 0;
                }
            }
            return value(valueFrom, child);
        }
    }
}
