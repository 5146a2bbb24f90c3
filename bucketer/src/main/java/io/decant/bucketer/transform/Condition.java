package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import io.decant.bucketer.JsonStringText;
import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What {@code keep:} and {@code drop:} ask of a record:
 *
 * <ul>
 *   <li>{@code empty}: whether it has no bytes
 *   <li>{@code tombstone}: whether it is a Kafka record without a value
 *   <li>{@code regex:EXPR}: whether an RE2 expression matches anywhere in it; a CR at its end belongs to the line end
 *   <li>{@code json:/pointer}: whether the pointer leads to a value, null among them
 *   <li>{@code json:/pointer=TEXT}: whether it leads to a string with this text, or to another value that is written so
 * </ul>
 *
 * <p>Immutable.
 *
 * @param argument the expression, or the pointer; empty where there is none
 * @param text null where any value will do
 */
record Condition(Kind kind, String argument, String text) {

    enum Kind {
        EMPTY,
        TOMBSTONE,
        REGEX,
        JSON
    }

    static final String CHOICES = "empty, tombstone, regex:EXPR, json:/pointer or json:/pointer=TEXT";

    private static final String REGEX_PREFIX = "regex:";
    private static final String JSON_PREFIX = "json:";

    /** @throws StepException where it is none */
    static Condition of(String condition) {
        if (condition.equals("empty")) {
            return new Condition(Kind.EMPTY, "", null);
        }
        if (condition.equals("tombstone")) {
            return new Condition(Kind.TOMBSTONE, "", null);
        }
        if (condition.startsWith(REGEX_PREFIX)) {
            String expression = condition.substring(REGEX_PREFIX.length());
            StepKinds.requireExpression(expression);
            return new Condition(Kind.REGEX, expression, null);
        }
        if (condition.startsWith(JSON_PREFIX)) {
            // The first = ends the pointer.
            int equals = condition.indexOf('=');
            String pointer = condition.substring(JSON_PREFIX.length(), equals < 0 ? condition.length() : equals);
            StepKinds.requirePointer(pointer);
            return new Condition(Kind.JSON, pointer, equals < 0 ? null : condition.substring(equals + 1));
        }
        throw new StepException("'" + condition + "' is not a condition; write " + CHOICES);
    }

    /**
     * Hands on the records that meet the condition, or those that do not.
     *
     * @param kept whether those that meet it stay
     */
    StepStage newFilter(Workspace workspace, boolean kept) {
        return switch (kind) {
            case EMPTY -> new Empty(workspace, kept);
            case TOMBSTONE -> new Tombstone(workspace, kept);
            case REGEX -> new Matching(workspace, kept, new Expression(argument));
            case JSON ->
                new Having(
                        workspace,
                        kept,
                        PointerNode.of(List.of(JsonPath.of(argument))).walk(),
                        text);
        };
    }

    private static final class Empty extends StepStage {
        private final boolean kept;

        Empty(Workspace workspace, boolean kept) {
            super(workspace);
            this.kept = kept;
        }

        @Override
        boolean lets(long address, int length) {
            return (length == 0) == kept;
        }
    }

    private static final class Tombstone extends StepStage {
        private final boolean kept;

        Tombstone(Workspace workspace, boolean kept) {
            super(workspace);
            this.kept = kept;
        }

        @Override
        boolean lets(long address, int length) {
            return !kept;
        }

        @Override
        boolean keepsTombstone() {
            return kept;
        }
    }

    private static final class Matching extends StepStage {
        private final boolean kept;
        private final Expression expression;

        Matching(Workspace workspace, boolean kept, Expression expression) {
            super(workspace);
            this.kept = kept;
            this.expression = expression;
        }

        @Override
        boolean lets(long address, int length) {
            return expression.find(address, StepKinds.lengthWithoutCr(address, length)) == kept;
        }
    }

    private static final class Having extends JsonStage {
        private static final int ESCAPED_BYTES_MAX = 6;

        private final boolean kept;
        /** Null: any. */
        private final byte[] wanted;

        private final JsonStringText decoder = new JsonStringText();
        private long valueFrom;
        private long valueTo;

        Having(Workspace workspace, boolean kept, PointerNode.Walk root, String text) {
            super(workspace, root);
            this.kept = kept;
            this.wanted = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        boolean lets(long address, int length) {
            valueFrom = 0;
            read(address, length);
            boolean has = valueFrom != 0 && (wanted == null || isWanted());
            return has == kept;
        }

        @Override
        void found(int pointer, long from, long to) {
            valueFrom = from;
            valueTo = to;
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long from) {
            if (child != null) {
                valueFrom = 0;
            }
            return value(from, child);
        }

        private boolean isWanted() {
            if (scanner().peek(valueFrom) != '"') {
                return isWanted(valueFrom, (int) (valueTo - valueFrom));
            }
            long from = valueFrom + 1;
            int raw = (int) (valueTo - from - 1);
            if (isWanted(from, raw)) {
                return hasNoBackslash(from, raw);
            }
            if (raw <= wanted.length || raw > (long) wanted.length * ESCAPED_BYTES_MAX) {
                return false;
            }
            BuildMemory scratch = scratch();
            scratch.begin();
            long decoded = scratch.reserve(raw);
            boolean same = isWanted(decoded, decoder.copyTo(from, raw, decoded));
            scratch.cancel();
            return same;
        }

        private boolean isWanted(long from, int length) {
            if (length != wanted.length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (Memory.getByte(from + i) != wanted[i]) {
                    return false;
                }
            }
            return true;
        }

        /** What has none means itself. */
        private boolean hasNoBackslash(long from, int length) {
            for (int i = 0; i < length; i++) {
                if (Memory.getByte(from + i) == '\\') {
                    return false;
                }
            }
            return true;
        }
    }
}
