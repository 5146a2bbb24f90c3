package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import io.decant.bucketer.JsonScanner;
import io.decant.bucketer.TransformFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code json-set: {name: TEXT, ...}}: members of an object that are these strings. One that the object has is replaced
 * where it stands (each of several with the same name), one that it has not is added behind the others.
 */
final class JsonSetStep extends Step {

    static final String NAME = "json-set";

    private final PointerNode.Walk root;
    private final byte[][] names;
    private final byte[][] values;

    JsonSetStep(Map<String, String> members) {
        super(StepText.of(NAME, members));
        List<JsonPath> paths = members.keySet().stream().map(JsonPath::ofName).toList();
        this.root = PointerNode.of(paths).walk();
        this.names = members.keySet().stream()
                .map(name -> (StepText.quoted(name) + ":").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        this.values = members.values().stream()
                .map(text -> StepText.quoted(text).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Set(workspace, root, names, values);
    }

    private static final class Set extends JsonEdit {
        private final byte[][] names;
        private final byte[][] values;
        private final boolean[] isSet;
        private boolean hasMembers;
        private boolean isObject;

        Set(Workspace workspace, PointerNode.Walk root, byte[][] names, byte[][] values) {
            super(workspace, root);
            this.names = names;
            this.values = values;
            this.isSet = new boolean[names.length];
        }

        @Override
        void edit(long address, int length) {
            Arrays.fill(isSet, false);
            hasMembers = false;
            isObject = false;
            read(address, length);
            if (!isObject) {
                throw fail(Reason.NO_OBJECT);
            }
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long from) {
            hasMembers = true;
            long behind = scanner().value(from);
            // An element of an array has no name.
            if (child != null && nameEnd > name && behind != JsonScanner.MALFORMED) {
                isSet[child.pointer()] = true;
                replace(from, behind).put(values[child.pointer()]);
            }
            return behind;
        }

        @Override
        void closed(long lastAt, PointerNode.Walk node) {
            isObject = scanner().peek(lastAt) == '}';
            for (int i = 0; isObject && i < names.length; i++) {
                if (!isSet[i]) {
                    BuildMemory build = replace(lastAt, lastAt);
                    if (hasMembers) {
                        build.put(',');
                    }
                    build.put(names[i]);
                    build.put(values[i]);
                    hasMembers = true;
                }
            }
        }
    }
}
