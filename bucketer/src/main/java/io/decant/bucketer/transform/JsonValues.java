package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What JSON pointers lead to in a record: slices of its text, as they stand. Of members with the same name the last one
 * counts. Keeps addresses into the record that was read last. Owned by one thread.
 */
public final class JsonValues {

    private static final int HEX_DIGITS = 4;
    private static final int HEX = 16;

    private final Reader reader;
    /** Several may be the same pointer, which stands in the tree once. */
    private final int[] pointers;

    /** @param pointers as RFC 6901 has them; each must pass {@code KeySpec.checkPointer} */
    public JsonValues(List<String> pointers) {
        List<String> different = List.copyOf(new LinkedHashSet<>(pointers));
        this.pointers = pointers.stream().mapToInt(different::indexOf).toArray();
        this.reader = new Reader(
                PointerNode.of(different.stream().map(JsonPath::of).toList()).walk(), different.size());
    }

    /**
     * Reads a record.
     *
     * @return whether it is exactly one JSON text
     */
    public boolean read(long address, int length) {
        return reader.readAll(address, length);
    }

    /** Whether a pointer leads to a value, null among them. */
    public boolean has(int pointer) {
        return reader.from[pointers[pointer]] != 0;
    }

    /** Where the value begins. */
    public long from(int pointer) {
        return reader.from[pointers[pointer]];
    }

    /** Behind the value. */
    public long to(int pointer) {
        return reader.to[pointers[pointer]];
    }

    /** Whether the value is the literal null. */
    public boolean isNull(int pointer) {
        return begins(pointer, 'n');
    }

    /** Whether the value is the literal true. */
    public boolean isTrue(int pointer) {
        return begins(pointer, 't');
    }

    /** Whether the value is the literal false. */
    public boolean isFalse(int pointer) {
        return begins(pointer, 'f');
    }

    /** No other value begins with that. */
    private boolean begins(int pointer, char first) {
        return has(pointer) && Memory.getByte(from(pointer)) == first;
    }

    /** Whether the document has a member to which, and through which, no pointer leads. */
    public boolean hasOther() {
        return reader.other != 0;
    }

    /** The name of the first such member. */
    public String other() {
        return string(reader.other, reader.otherEnd);
    }

    /** The text of a string, without its escapes; any other value as it is written. */
    public String text(int pointer) {
        long from = from(pointer);
        return Memory.getByte(from) == '"' ? string(from, to(pointer)) : written(from, to(pointer));
    }

    /** A value as it is written in the record. */
    public String written(int pointer) {
        return written(from(pointer), to(pointer));
    }

    private static String written(long from, long to) {
        byte[] bytes = new byte[Math.toIntExact(to - from)];
        Memory.copyToArray(from, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** @param from of the opening quote */
    private static String string(long from, long to) {
        String written = written(from + 1, to - 1);
        int escape = written.indexOf('\\');
        if (escape < 0) {
            return written;
        }
        StringBuilder text = new StringBuilder(written.length());
        int at = 0;
        while (escape >= 0) {
            text.append(written, at, escape);
            char kind = written.charAt(escape + 1);
            at = escape + 2;
            switch (kind) {
                case 'b' -> text.append('\b');
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case 'f' -> text.append('\f');
                case 'r' -> text.append('\r');
                case 'u' -> {
                    text.append((char) Integer.parseInt(written, at, at + HEX_DIGITS, HEX));
                    at += HEX_DIGITS;
                }
                default -> text.append(kind);
            }
            escape = written.indexOf('\\', at);
        }
        return text.append(written, at, written.length()).toString();
    }

    /** Notes where values are. It is in no chain, and hands nothing on. */
    private static final class Reader extends JsonStage {
        private final long[] from;
        private final long[] to;
        private long other;
        private long otherEnd;

        Reader(PointerNode.Walk root, int pointers) {
            super(new Workspace(), root);
            this.from = new long[pointers];
            this.to = new long[pointers];
        }

        boolean readAll(long address, int length) {
            Arrays.fill(from, 0);
            other = 0;
            try {
                read(address, length);
                return true;
            } catch (RecordFailedException e) {
                return false;
            }
        }

        @Override
        void apply(long address, int length) {
            throw new UnsupportedOperationException("in no chain");
        }

        @Override
        void found(int pointer, long valueFrom, long valueTo) {
            from[pointer] = valueFrom;
            to[pointer] = valueTo;
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long valueFrom) {
            if (child != null) {
                for (int pointer : child.pointersWithin()) {
                    from[pointer] = 0;
                }
            } else if (node == root() && other == 0 && nameEnd > name) {
                other = name;
                otherEnd = nameEnd;
            }
            return value(valueFrom, child);
        }
    }
}
