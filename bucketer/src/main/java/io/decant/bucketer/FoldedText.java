package io.decant.bucketer;

/**
 * A text with its letters folded, character by character, by a {@link FoldingTable}. Bytes that are no UTF-8 stay as
 * they are. With {@link Fold#CASE_ACCENT} spaces at the end are left out. Owned by one thread.
 */
final class FoldedText extends EscapedText {

    private static final int ASCII_MAX = 0x7F;
    private static final int TWO_BYTES_MAX = 0x7FF;
    private static final int STRAY = 1 << 24;

    private final FoldingTable table;
    private final boolean trims;
    private final JsonScanner scanner = new JsonScanner();
    private KeyForm form = KeyForm.TEXT;
    private int character;
    /** Spaces before this address do not stand at the end. */
    private long solidFrom;

    FoldedText(Fold fold) {
        this.table = FoldingTable.of(fold);
        this.trims = fold == Fold.CASE_ACCENT;
    }

    /** Has texts read that stand so. */
    void set(KeyForm textForm) {
        form = textForm;
    }

    @Override
    void rewind() {
        solidFrom = 0;
    }

    @Override
    long decode(long from, long limit) {
        scanner.begin(limit);
        long at = from;
        while (at < limit && hasRoom()) {
            long next = next(at, limit);
            if (trims && character == ' ' && at >= solidFrom) {
                solidFrom = solid(next, limit);
                if (solidFrom == limit) {
                    return limit;
                }
                character = ' ';
            }
            put();
            at = next;
        }
        return at;
    }

    /** Where the next character begins that is no space and is not dropped; {@code limit}: nowhere. */
    private long solid(long from, long limit) {
        long at = from;
        while (at < limit) {
            long next = next(at, limit);
            if (character != ' ' && folded() != FoldingTable.DROPPED) {
                return at;
            }
            at = next;
        }
        return limit;
    }

    /** Reads a character; where the next one begins. */
    private long next(long at, long limit) {
        int c = Memory.getByte(at) & 0xFF;
        if (form == KeyForm.JSON_STRING && (c == '\\' || c > ASCII_MAX)) {
            return nextOfJson(at, c);
        }
        if (form == KeyForm.CSV_QUOTED && c == '"') {
            // Of two quotes one is meant, and of one that stands alone none, as in fields whose letters are not folded.
            boolean doubled = at + 1 < limit && Memory.getByte(at + 1) == '"';
            character = doubled ? c : FoldingTable.DROPPED;
            return doubled ? at + 2 : at + 1;
        }
        if (c <= ASCII_MAX) {
            character = c;
            return at + 1;
        }
        int bytes = Utf8.characterBytes(at, limit);
        character = bytes == 0 ? STRAY + c : Utf8.character(at, bytes);
        return at + Math.max(1, bytes);
    }

    private long nextOfJson(long at, int first) {
        long next = first == '\\' ? scanner.escape(at) : scanner.character(at, first);
        character = scanner.decoded();
        if (first == '\\' && Character.isHighSurrogate((char) character) && scanner.peek(next) == '\\') {
            int high = character;
            long behind = scanner.escape(next);
            if (Character.isLowSurrogate((char) scanner.decoded())) {
                character = Character.toCodePoint((char) high, (char) scanner.decoded());
                return behind;
            }
        }
        if (character > Character.MAX_CODE_POINT
                || (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE)) {
            character = '?';
        }
        return next;
    }

    private int folded() {
        boolean isCharacter = character != FoldingTable.DROPPED && character < STRAY;
        return isCharacter ? table.fold(character) : character;
    }

    private void put() {
        int c = folded();
        if (c == FoldingTable.DROPPED) {
            return;
        }
        if (c >= STRAY) {
            put(c - STRAY);
        } else if (c <= ASCII_MAX) {
            put(c);
        } else if (c <= TWO_BYTES_MAX) {
            put(0xC0 | (c >> 6));
            putContinuation(c);
        } else if (c <= Character.MAX_VALUE) {
            put(0xE0 | (c >> 12));
            putContinuation(c >> 6);
            putContinuation(c);
        } else {
            put(0xF0 | (c >> 18));
            putContinuation(c >> 12);
            putContinuation(c >> 6);
            putContinuation(c);
        }
    }

    private void putContinuation(int bits) {
        put(0x80 | (bits & 0x3F));
    }
}
