package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * A field of a CSV row (RFC 4180: double quotes, and commas or another delimiter).
 *
 * <p>The key is the field's text, in the record's own bytes, without the quotes around it and with doubled quotes
 * undone. One CR at the end of the record belongs to the line end, not to the last field; any other CR outside quotes
 * ends the row, and what follows is not looked at. A record without such a field, or that is not well-formed (text
 * after a closing quote), has no key. The empty record is a row of one empty field.
 *
 * <p>A field that holds a line end cannot come as one line; where records are lines, it is two of them.
 *
 * <p>What gives a row its shape is ASCII, so bytes are looked at whatever they mean. A field is hashed where it stands
 * unless it has quotes within. The rules are those of FastCSV, which 0.1.0 used, to the letter: the same records must
 * always have the same keys.
 */
final class CsvKeyExtractor extends KeyExtractor {

    private final FieldText text = new FieldText();
    private final int column;
    private final int delimiter;
    private CsvRow row = new CsvRow();
    /** By which the row knows the column. */
    private int field;
    /** Whether others read the row too, and somebody says when the record is another one. */
    private boolean shared;

    private boolean quotesWithin;

    /** @param column from 1 */
    CsvKeyExtractor(int column) {
        this(column, ',');
    }

    /** @param delimiter between two fields, a character of ASCII */
    CsvKeyExtractor(int column, char delimiter) {
        this.column = column;
        this.delimiter = delimiter;
        this.field = row.isSeparatedBy(delimiter) ? row.want(column) : 0;
    }

    @Override
    void share(CsvRow others) {
        if (others.isSeparatedBy(delimiter)) {
            row = others;
            field = row.want(column);
            shared = true;
        }
    }

    @Override
    public boolean find(long address, int length) {
        if (!shared) {
            row.forget();
        }
        if (!row.read(address, length) || !row.has(field)) {
            return false;
        }
        quotesWithin = row.hasQuotesWithin(field);
        found(row.begin(field), row.length(field));
        return true;
    }

    @Override
    KeyForm form() {
        return quotesWithin ? KeyForm.CSV_QUOTED : KeyForm.TEXT;
    }

    @Override
    long hash(LongHashFunction function) {
        return quotesWithin ? text.hash(function, keyAddress(), keyLength()) : super.hash(function);
    }

    @Override
    public byte[] firstBytes(int bytesMax) {
        return quotesWithin ? text.firstBytes(keyAddress(), keyLength(), bytesMax) : super.firstBytes(bytesMax);
    }

    @Override
    boolean isPlain() {
        return !quotesWithin;
    }

    @Override
    int copyTo(long destination) {
        return quotesWithin ? text.copyTo(keyAddress(), keyLength(), destination) : super.copyTo(destination);
    }

    /** The text between the quotes of a field: of every two quotes within one is meant. Owned by one thread. */
    static final class FieldText extends EscapedText {

        private boolean first;

        @Override
        void rewind() {
            first = false;
        }

        @Override
        long decode(long from, long limit) {
            long at = from;
            for (; at < limit && hasRoom(); at++) {
                byte c = Memory.getByte(at);
                first = c == '"' && !first;
                if (!first) {
                    put(c);
                }
            }
            return at;
        }
    }
}
