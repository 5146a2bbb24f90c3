package io.decant.bucketer.transform;

import io.decant.bucketer.JsonScanner;
import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformFailure.Reason;

/**
 * A stage that reads JSON text and knows what its pointers lead to. The value must be exactly one JSON text in UTF-8,
 * with nothing but white space around it, as where keys are looked for; else the record fails. All of it is checked.
 *
 * <p>What stands at the pointers is told in the order of the text: also each of several members with the same name.
 */
abstract class JsonStage extends StepStage {

    private static final int BYTE_ORDER_MARK = 0xBFBBEF;
    private static final int BYTE_ORDER_MARK_BYTES = 3;

    private final JsonScanner scanner = new JsonScanner();
    private final PointerNode.Walk root;
    private PointerNode.Walk named;
    private long end;

    JsonStage(Workspace workspace, PointerNode.Walk root) {
        super(workspace);
        this.root = root;
    }

    final JsonScanner scanner() {
        return scanner;
    }

    final PointerNode.Walk root() {
        return root;
    }

    /** Reads a value from end to end. */
    final void read(long address, int length) {
        end = address + length;
        scanner.begin(end);
        long at = value(scanner.space(address + markBytes(address, length)), root);
        if (at == JsonScanner.MALFORMED || scanner.space(at) != end) {
            throw fail(Reason.NOT_JSON);
        }
    }

    private static int markBytes(long address, int length) {
        boolean marked =
                length > BYTE_ORDER_MARK_BYTES && (Memory.getIntLittleEndian(address) & 0xFFFFFF) == BYTE_ORDER_MARK;
        return marked ? BYTE_ORDER_MARK_BYTES : 0;
    }

    /** Behind the value at {@code at}, to which {@code node} belongs; null: to nothing. */
    final long value(long at, PointerNode.Walk node) {
        if (node == null) {
            return scanner.value(at);
        }
        long behind;
        if (node.isLeaf()) {
            behind = scanner.value(at);
        } else {
            behind = switch (scanner.peek(at)) {
                case '{' -> object(at, node);
                case '[' -> array(at, node);
                default -> scanner.value(at);
            };
        }
        if (node.pointer() >= 0 && behind != JsonScanner.MALFORMED) {
            found(node.pointer(), at, behind);
        }
        return behind;
    }

    /** Notes the value that a pointer leads to, after what lies within it. */
    void found(int pointer, long from, long to) {}

    /**
     * Reads an object, from its brace to behind the other one; tells of each member by {@link #member}, and then of
     * its end by {@link #closed}.
     */
    final long object(long from, PointerNode.Walk node) {
        opened(from + 1, node);
        long at = scanner.space(from + 1);
        if (scanner.peek(at) == '}') {
            closed(at, node);
            return at + 1;
        }
        while (at != JsonScanner.MALFORMED) {
            long name = at;
            at = name(at, node);
            PointerNode.Walk child = named;
            long nameEnd = at;
            at = at == JsonScanner.MALFORMED ? at : scanner.separator(at, ':');
            at = at == JsonScanner.MALFORMED ? at : member(node, child, name, nameEnd, at);
            if (at == JsonScanner.MALFORMED) {
                break;
            }
            long behind = scanner.space(at);
            if (scanner.peek(behind) == '}') {
                closed(behind, node);
                return behind + 1;
            }
            at = scanner.separator(at, ',');
        }
        return at;
    }

    /** Reads an array in the same way; its elements are told of as members whose name has no length. */
    final long array(long from, PointerNode.Walk node) {
        opened(from + 1, node);
        long at = scanner.space(from + 1);
        if (scanner.peek(at) == ']') {
            closed(at, node);
            return at + 1;
        }
        for (int i = 0; at != JsonScanner.MALFORMED; i++) {
            at = member(node, node == null ? null : node.element(i), at, at, at);
            if (at == JsonScanner.MALFORMED) {
                break;
            }
            long behind = scanner.space(at);
            if (scanner.peek(behind) == ']') {
                closed(behind, node);
                return behind + 1;
            }
            at = scanner.separator(at, ',');
        }
        return at;
    }

    /** Behind the name at {@code at}; {@link #named} is then where it leads. */
    private long name(long at, PointerNode.Walk node) {
        named = null;
        if (node == null || node.children() == 0) {
            return scanner.name(at, "");
        }
        for (int i = 0; i < node.children(); i++) {
            long behind = scanner.name(at, node.name(i));
            if (behind == JsonScanner.MALFORMED) {
                return behind;
            }
            if (scanner.isNamed()) {
                named = node.child(i);
                return behind;
            }
            if (i == node.children() - 1) {
                return behind;
            }
        }
        throw new IllegalStateException("a name leads nowhere");
    }

    /** Told before the members of an object or array on the way. */
    void opened(long firstAt, PointerNode.Walk node) {}

    /**
     * Reads a member's value.
     *
     * @param child where the member leads; null: to no pointer
     * @param name where its name begins, quotes included
     * @param nameEnd behind its name
     * @param from where its value begins
     * @return behind its value, or {@link JsonScanner#MALFORMED}
     */
    long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long from) {
        return value(from, child);
    }

    /** Told behind the members of an object or array on the way. */
    void closed(long lastAt, PointerNode.Walk node) {}

    /** Behind the value's end. */
    final long end() {
        return end;
    }
}
