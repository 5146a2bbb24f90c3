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
 * have the same keys for ever.
 */
final class CsvKeyExtractor extends KeyExtractor {

    private final FieldText text = new FieldText();
    private final int column;
    private final int delimiter;
    private long end;
    private int field;
    private boolean present;
    private boolean quotesWithin;

    /** @param column from 1 */
    CsvKeyExtractor(int column) {
        this(column, ',');
    }

    /** @param delimiter between two fields, a character of ASCII */
    CsvKeyExtractor(int column, char delimiter) {
        this.column = column;
        this.delimiter = delimiter;
    }

    @Override
    public boolean find(long address, int length) {
        end = address + length;
        if (length > 0 && Memory.getByte(end - 1) == '\r') {
            end--;
        }
        field = 0;
        present = false;
        if (end == address) {
            take(address, address, false);
            return present;
        }
        return row(address) && present;
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

    /** Reads the row; whether it is well-formed. */
    private boolean row(long from) {
        long begin = from;
        while (true) {
            boolean quoted = begin < end && Memory.getByte(begin) == '"';
            boolean afterCr = false;
            long at = begin;
            if (quoted) {
                // Quotes may close and open again at once: a doubled quote.
                do {
                    long close = closingQuote(at + 1);
                    afterCr = endsInCr(at + 1, close);
                    if (close == end) {
                        take(begin, end, true);
                        return true;
                    }
                    at = close + 1;
                } while (at < end && Memory.getByte(at) == '"');
            } else {
                at = unquotedEnd(at);
            }
            int c = at < end ? Memory.getByte(at) : 0;
            if (at < end && c != delimiter && c != '\r' && c != '\n') {
                return false;
            }
            if (c == '\n' && afterCr) {
                // FastCSV takes the two for one line end, and forgets the field that lies before them.
                begin = at + 1;
                if (begin == end) {
                    return false;
                }
                continue;
            }
            boolean emptyRow = field == 0 && at == begin && at < end && c != delimiter;
            if (!emptyRow) {
                take(begin, at, quoted);
            }
            if (at == end || c != delimiter) {
                return true;
            }
            begin = at + 1;
            if (begin == end) {
                take(end, end, false);
                return true;
            }
        }
    }

    private long closingQuote(long from) {
        long at = from;
        while (at < end && Memory.getByte(at) != '"') {
            at++;
        }
        return at;
    }

    /** Whether the last line end between two quotes is a CR without an LF after it. */
    private static boolean endsInCr(long from, long close) {
        for (long at = close - 1; at >= from; at--) {
            byte c = Memory.getByte(at);
            if (c == '\r') {
                return true;
            }
            if (c == '\n') {
                return false;
            }
        }
        return false;
    }

    private long unquotedEnd(long from) {
        long at = from;
        while (at < end && isData(Memory.getByte(at))) {
            at++;
        }
        return at;
    }

    private boolean isData(byte c) {
        return c != delimiter && c != '\r' && c != '\n';
    }

    /** Takes the field from {@code begin} to {@code to}, if it is the one. */
    private void take(long begin, long to, boolean quoted) {
        field++;
        if (field != column) {
            return;
        }
        present = true;
        quotesWithin = false;
        if (!quoted) {
            found(begin, to - begin);
            return;
        }
        long last = Memory.getByte(to - 1) == '"' ? to - 1 : to;
        found(begin + 1, Math.max(0, last - begin - 1));
        for (long at = begin + 1; at < last && !quotesWithin; at++) {
            quotesWithin = Memory.getByte(at) == '"';
        }
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
