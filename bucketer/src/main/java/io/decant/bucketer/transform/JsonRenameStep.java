package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import io.decant.bucketer.TransformFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * {@code json-rename: {old: new, ...}}: other names for members of an object, all at once. A record fails where a
 * member that keeps its name would get a second one of that name.
 */
final class JsonRenameStep extends Step {

    static final String NAME = "json-rename";

    private final PointerNode.Walk root;
    private final byte[][] newNames;
    /** By old name, which of the names its new one is. */
    private final int[] taking;

    JsonRenameStep(Map<String, String> names) {
        super(StepText.of(NAME, names));
        // The old names come first: they are numbered as their new ones.
        LinkedHashSet<String> all = new LinkedHashSet<>(names.keySet());
        all.addAll(names.values());
        List<String> order = List.copyOf(all);
        List<JsonPath> paths = new ArrayList<>();
        order.forEach(name -> paths.add(JsonPath.ofName(name)));
        this.root = PointerNode.of(paths).walk();
        this.newNames = names.values().stream()
                .map(name -> StepText.quoted(name).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        this.taking = names.values().stream().mapToInt(order::indexOf).toArray();
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Rename(workspace, root, newNames, taking);
    }

    private static final class Rename extends JsonEdit {
        private final byte[][] newNames;
        private final int[] taking;
        private final boolean[] seen;
        private boolean isObject;

        Rename(Workspace workspace, PointerNode.Walk root, byte[][] newNames, int[] taking) {
            super(workspace, root);
            this.newNames = newNames;
            this.taking = taking;
            this.seen = new boolean[root.children()];
        }

        @Override
        void edit(long address, int length) {
            Arrays.fill(seen, false);
            isObject = false;
            read(address, length);
            if (!isObject) {
                throw fail(Reason.NO_OBJECT);
            }
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long from) {
            if (child != null && nameEnd > name) {
                int number = child.pointer();
                seen[number] = true;
                if (number < newNames.length) {
                    replace(name, nameEnd).put(newNames[number]);
                }
            }
            return scanner().value(from);
        }

        @Override
        void closed(long lastAt, PointerNode.Walk node) {
            isObject = scanner().peek(lastAt) == '}';
            for (int i = 0; i < taking.length; i++) {
                boolean staysAsItIs = taking[i] >= newNames.length;
                if (seen[i] && staysAsItIs && seen[taking[i]]) {
                    throw fail(Reason.NAME_TAKEN);
                }
            }
        }
    }
}
