package io.decant.bucketer;

import java.util.Arrays;

/**
 * Reads a CSV row for all extractors that want a field of it, so that several keys in the columns of one row cost one
 * walk through it. The rules are those of {@link CsvKeyExtractor}.
 *
 * <p>A record that was read is not read again until {@link #forget}: what lies at an address may change between two
 * records, so the owner of a shared row calls that before each. Owned by one thread.
 */
final class CsvRow {

    private static final int NOT_WANTED = -1;

    private static final int NO_DELIMITER = -1;

    private int delimiter = NO_DELIMITER;
    /** By column, from 1: which of the fields that are wanted it is. */
    private int[] wanted = {NOT_WANTED};

    private int fields;
    private boolean[] present = {};
    private boolean[] quotesWithin = {};
    private long[] begins = {};
    private long[] lengths = {};

    private long recordAddress;
    private int recordLength;
    private boolean wellFormed;
    private long end;
    private int column;

    /** Whether fields are separated by this character of ASCII; the first who asks decides. */
    boolean isSeparatedBy(int character) {
        if (delimiter == NO_DELIMITER) {
            delimiter = character;
        }
        return delimiter == character;
    }

    /**
     * Has a column be found from the next record on.
     *
     * @param wantedColumn from 1
     * @return what the field is asked for by
     */
    int want(int wantedColumn) {
        if (wantedColumn >= wanted.length) {
            int before = wanted.length;
            wanted = Arrays.copyOf(wanted, wantedColumn + 1);
            Arrays.fill(wanted, before, wanted.length, NOT_WANTED);
        }
        if (wanted[wantedColumn] == NOT_WANTED) {
            wanted[wantedColumn] = fields;
            fields++;
            present = Arrays.copyOf(present, fields);
            quotesWithin = Arrays.copyOf(quotesWithin, fields);
            begins = Arrays.copyOf(begins, fields);
            lengths = Arrays.copyOf(lengths, fields);
        }
        forget();
        return wanted[wantedColumn];
    }

    /** The next record is another one, even if it lies where the last one did. */
    void forget() {
        recordAddress = 0;
    }

    /** Reads a record, unless it is the one that was read last; whether it is well-formed. */
    boolean read(long address, int length) {
        if (address != recordAddress || length != recordLength) {
            recordAddress = address;
            recordLength = length;
            wellFormed = parse(address, length);
        }
        return wellFormed;
    }

    /** Whether a well-formed record has the field. */
    boolean has(int field) {
        return present[field];
    }

    /** Where the field begins that there is, behind its quote. */
    long begin(int field) {
        return begins[field];
    }

    /** Bytes of the field between its quotes. */
    long length(int field) {
        return lengths[field];
    }

    /** Whether there are quotes within the field, of which every two are one. */
    boolean hasQuotesWithin(int field) {
        return quotesWithin[field];
    }

    private boolean parse(long address, int length) {
        end = address + length;
        if (length > 0 && Memory.getByte(end - 1) == '\r') {
            end--;
        }
        column = 0;
        for (int field = 0; field < fields; field++) {
            present[field] = false;
        }
        if (end == address) {
            take(address, address, false);
            return true;
        }
        return row(address);
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
            boolean emptyRow = column == 0 && at == begin && at < end && c != delimiter;
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
        long limit = end;
        int separator = delimiter;
        long at = from;
        while (at < limit) {
            byte c = Memory.getByte(at);
            if (c == separator || c == '\r' || c == '\n') {
                break;
            }
            at++;
        }
        return at;
    }

    /** Takes the field from {@code begin} to {@code to}, if it is wanted. */
    private void take(long begin, long to, boolean quoted) {
        column++;
        int field = column < wanted.length ? wanted[column] : NOT_WANTED;
        if (field == NOT_WANTED) {
            return;
        }
        present[field] = true;
        quotesWithin[field] = false;
        if (!quoted) {
            begins[field] = begin;
            lengths[field] = to - begin;
            return;
        }
        long last = Memory.getByte(to - 1) == '"' ? to - 1 : to;
        begins[field] = begin + 1;
        lengths[field] = Math.max(0, last - begin - 1);
        for (long at = begin + 1; at < last && !quotesWithin[field]; at++) {
            quotesWithin[field] = Memory.getByte(at) == '"';
        }
    }
}
