package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import io.decant.bucketer.JsonScanner;
import java.util.List;

/**
 * {@code json-remove: [/pointer, ...]}: the text without what the pointers lead to, names and commas included; each of
 * several members with the same name. Array indexes are those before anything is removed.
 */
final class JsonRemoveStep extends Step {

    static final String NAME = "json-remove";

    private final PointerNode.Walk root;

    JsonRemoveStep(List<String> pointers) {
        super(StepText.of(NAME, pointers));
        this.root = PointerNode.of(pointers.stream().map(JsonPath::of).toList()).walk();
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Remove(workspace, root);
    }

    private static final class Remove extends JsonEdit {
        private static final long NOWHERE = 0;

        /** Behind the last member of the object or array that stays; where none does, behind its bracket. */
        private long keptEnd;
        /** Where the first member begins that is removed behind that; else {@link #NOWHERE}. */
        private long removedFrom;

        Remove(Workspace workspace, PointerNode.Walk root) {
            super(workspace, root);
        }

        @Override
        void opened(long firstAt, PointerNode.Walk node) {
            keptEnd = firstAt;
            removedFrom = NOWHERE;
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long from) {
            if (child != null && child.pointer() >= 0) {
                long behind = scanner().value(from);
                removedFrom = removedFrom == NOWHERE ? name : removedFrom;
                return behind;
            }
            if (removedFrom != NOWHERE) {
                replace(removedFrom, name);
            }
            long behind = value(from, child);
            // Objects and arrays within have come and gone.
            removedFrom = NOWHERE;
            keptEnd = behind == JsonScanner.MALFORMED ? from : behind;
            return behind;
        }

        @Override
        void closed(long lastAt, PointerNode.Walk node) {
            if (removedFrom != NOWHERE) {
                replace(keptEnd, lastAt);
            }
        }
    }
}
