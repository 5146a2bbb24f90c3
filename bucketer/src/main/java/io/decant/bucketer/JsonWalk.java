package io.decant.bucketer;

import java.util.ArrayList;
import java.util.List;

/**
 * One walk through a record of JSON for all pointers that are asked for, which {@link JsonKeyExtractor}s share. What it
 * finds of each is what a walk for that one alone finds. Owned by one thread.
 */
final class JsonWalk {

    private static final int ENCODING_BYTES = 4;
    private static final int HIGHEST_UTF8_BYTE = 0xF4;
    private static final int BYTE_ORDER_MARK = 0xBFBBEF;
    private static final int BYTE_ORDER_MARK_BYTES = 3;
    private static final long NONE = 0;

    private final JsonScanner scanner = new JsonScanner();
    private final Node root = new Node("", -1);
    private final List<Found> founds = new ArrayList<>();
    private long readAddress = NONE;
    private int readLength;
    private boolean whole;
    private boolean json;

    /** What a pointer leads to, in the record that was read last. */
    static final class Found {
        private boolean present;
        private boolean broken;
        private boolean plain;
        private int first;
        private long address;
        private long length;

        /** Where the value stands; of a string what is between its quotes. */
        long address() {
            return address;
        }

        /** How many bytes that is. */
        long length() {
            return length;
        }

        /** The byte that the value begins with. */
        int first() {
            return first;
        }

        /** Whether it stands as it is: no string with escapes or unusual UTF-8. */
        boolean isPlain() {
            return plain;
        }
    }

    /** Pointers that begin the same way share nodes. */
    private static final class Node {
        private final String name;
        private final int index;
        private final List<Node> children = new ArrayList<>();
        private Found found;

        Node(String name, int index) {
            this.name = name;
            this.index = index;
        }

        Node child(String childName, int childIndex) {
            for (Node child : children) {
                if (child.name.equals(childName)) {
                    return child;
                }
            }
            Node child = new Node(childName, childIndex);
            children.add(child);
            return child;
        }

        /** Of members with the same name the last counts. */
        void forget() {
            if (found != null) {
                found.present = false;
            }
            for (int i = 0; i < children.size(); i++) {
                children.get(i).forget();
            }
        }
    }

    /** Asks for what a pointer leads to. */
    Found want(JsonPath path) {
        Node node = root;
        for (int depth = 0; depth < path.length(); depth++) {
            node = node.child(path.name(depth), path.index(depth));
        }
        if (node.found == null) {
            node.found = new Found();
            founds.add(node.found);
        }
        forget();
        return node.found;
    }

    /** Another record is looked at next, which may lie where the one before did. */
    void forget() {
        readAddress = NONE;
    }

    /** Whether a record, which is read if it has not been, has what was asked for. */
    boolean has(Found found, long address, int length) {
        if (readAddress != address || readLength != length) {
            read(address, length);
            readAddress = address;
            readLength = length;
        }
        return whole && found.present && !found.broken;
    }

    /** {@link KeyExtractor#hasReadJson} of the record that was read last. */
    boolean hasReadJson() {
        return json;
    }

    private void read(long address, int length) {
        whole = false;
        json = false;
        for (int i = 0; i < founds.size(); i++) {
            founds.get(i).present = false;
            founds.get(i).broken = false;
        }
        if (!mayBeUtf8(address, length)) {
            return;
        }
        long end = address + length;
        scanner.begin(end);
        long from = startsWithMark(address, length) ? address + BYTE_ORDER_MARK_BYTES : address;
        long begin = scanner.space(from);
        long at = value(begin, root);
        whole = at == end || (at != JsonScanner.MALFORMED && scanner.space(at) == end);
        json = at == end && begin == address && scanner.isStrict();
    }

    /** UTF-16 and UTF-32, by their zeros and byte order marks: neither can begin JSON in UTF-8. */
    private static boolean mayBeUtf8(long address, int length) {
        for (int i = 0; i < Math.min(length, ENCODING_BYTES); i++) {
            int c = Memory.getByte(address + i) & 0xFF;
            if (c == 0 || c > HIGHEST_UTF8_BYTE) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWithMark(long address, int length) {
        return length >= ENCODING_BYTES && (Memory.getIntLittleEndian(address) & 0xFFFFFF) == BYTE_ORDER_MARK;
    }

    /** Behind the value at {@code at}, which the pointers of a node lead to, or into. */
    private long value(long at, Node node) {
        int first = scanner.peek(at);
        long end;
        if (node.children.isEmpty() || (first != '{' && first != '[')) {
            end = scanner.value(at);
        } else {
            end = first == '{' ? object(at, node) : array(at, node);
        }
        if (end != JsonScanner.MALFORMED && node.found != null) {
            take(node.found, at, end, first);
        }
        return end;
    }

    private void take(Found found, long at, long end, int first) {
        boolean string = first == '"';
        found.first = first;
        found.present = first != 'n';
        found.broken |= string && scanner.hasSurrogates();
        found.plain = !string || scanner.isPlain();
        found.address = string ? at + 1 : at;
        found.length = string ? end - at - 2 : end - at;
    }

    private long object(long from, Node node) {
        long at = scanner.space(from + 1);
        if (scanner.peek(at) == '}') {
            return at + 1;
        }
        while (at != JsonScanner.MALFORMED) {
            Node child = null;
            long behind = JsonScanner.MALFORMED;
            for (int i = 0; i < node.children.size() && child == null; i++) {
                Node candidate = node.children.get(i);
                behind = scanner.name(at, candidate.name);
                child = behind != JsonScanner.MALFORMED && scanner.isNamed() ? candidate : null;
            }
            at = behind == JsonScanner.MALFORMED ? behind : scanner.separator(behind, ':');
            if (at == JsonScanner.MALFORMED) {
                break;
            }
            if (child == null) {
                at = scanner.value(at);
            } else {
                child.forget();
                at = value(at, child);
            }
            at = at == JsonScanner.MALFORMED ? at : scanner.space(at);
            if (at != JsonScanner.MALFORMED && scanner.peek(at) == '}') {
                return at + 1;
            }
            at = at == JsonScanner.MALFORMED ? at : scanner.separator(at, ',');
        }
        return at;
    }

    private long array(long from, Node node) {
        long at = scanner.space(from + 1);
        if (scanner.peek(at) == ']') {
            return at + 1;
        }
        for (int i = 0; at != JsonScanner.MALFORMED; i++) {
            Node child = null;
            for (int j = 0; j < node.children.size() && child == null; j++) {
                child = node.children.get(j).index == i ? node.children.get(j) : null;
            }
            at = child == null ? scanner.value(at) : value(at, child);
            at = at == JsonScanner.MALFORMED ? at : scanner.space(at);
            if (at != JsonScanner.MALFORMED && scanner.peek(at) == ']') {
                return at + 1;
            }
            at = at == JsonScanner.MALFORMED ? at : scanner.separator(at, ',');
        }
        return at;
    }
}
