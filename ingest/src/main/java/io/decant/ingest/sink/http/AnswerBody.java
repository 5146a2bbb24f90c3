package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Items;
import io.decant.ingest.sink.OneLine;
import io.decant.ingest.sink.Outcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.DataFormatException;

/**
 * An answer's body as it comes in: its encoding is taken off, its beginning is kept, and what it says of each record is
 * read. Neither what came nor what it expands to is kept, so an answer may be long.
 *
 * <p>What is not understood is never taken for a success: of a 200 or 207 whose body comes in another encoding than
 * gzip or deflate, is damaged, or is not UTF-8 by its first bytes, the items are {@linkplain Items#broken() broken}. An
 * empty body says nothing, whatever its encoding. Of any other status the body is a text to show.
 *
 * <p>Owned by the transport's event loop. To be closed.
 */
final class AnswerBody implements AutoCloseable {

    /** An answer longer than this is not read to its end, neither as it came nor as what it expands to. */
    static final int ANSWER_BYTES_MAX = 1 << 20;
    /** The same for an answer that may list each record; of such a one little is kept in memory. */
    static final int ITEMS_ANSWER_BYTES_MAX = 64 << 20;
    /**
     * The same for what a compressed one of them expands to: it costs the event loop time, and no request asks for
     * compression.
     */
    static final int INFLATED_ANSWER_BYTES_MAX = 16 << 20;

    /** Those that may come with an answer for each record. */
    private static final Set<Integer> ITEM_STATUSES = Set.of(200, 207);

    private static final Set<String> NO_CODINGS = Set.of("", "identity", "chunked");
    private static final int CODING_CHARS_MAX = 80;

    /** So many bytes tell a byte order mark, or something that is not UTF-8. */
    private static final int FIRST_BYTES = 4;

    private final int status;
    private final String coding;
    private final AnswerInflater inflater;
    private final ItemsReader items;
    private final ByteArrayOutputStream firstBytes = new ByteArrayOutputStream(FIRST_BYTES);
    private final ByteArrayOutputStream start = new ByteArrayOutputStream(0);
    private boolean begun;
    private long wireBytes;
    private long textBytes;
    /** Why it is not understood; empty as long as it is. */
    private String unreadable = "";

    /** @param codings values of the headers {@code Content-Encoding} and {@code Transfer-Encoding}, in any order */
    AnswerBody(int status, List<String> codings) {
        this.status = status;
        this.items = ITEM_STATUSES.contains(status) ? new ItemsReader() : null;
        List<String> applied = new ArrayList<>();
        for (String value : codings) {
            for (String each : value.split(",", -1)) {
                String name = each.trim().toLowerCase(Locale.ROOT);
                if (!NO_CODINGS.contains(name)) {
                    applied.add(name);
                }
            }
        }
        this.coding = OneLine.of(String.join(", ", applied), CODING_CHARS_MAX);
        this.inflater = switch (coding) {
            case "gzip", "x-gzip" -> new AnswerInflater(true);
            case "deflate" -> new AnswerInflater(false);
            default -> null;
        };
        if (inflater == null && !coding.isEmpty()) {
            unreadable = "its encoding is " + coding + ", where identity was asked for";
        }
    }

    /**
     * Takes the next piece.
     *
     * @return false: no more is to be read, see {@link #cut}
     */
    boolean feed(byte[] piece) {
        wireBytes += piece.length;
        if (unreadable.isEmpty()) {
            if (inflater == null) {
                take(piece);
            } else if (isTextWanted()) {
                inflate(piece);
            }
        }
        return !isLong();
    }

    private void inflate(byte[] piece) {
        try {
            inflater.feed(piece, text -> {
                take(text);
                return isTextWanted();
            });
        } catch (DataFormatException e) {
            String why = e.getMessage() == null ? "" : ": " + e.getMessage();
            unreadable = "its encoding " + coding + " is damaged" + why;
        }
    }

    /** Whether more of a compressed answer is to be inflated. */
    private boolean isTextWanted() {
        return unreadable.isEmpty()
                && !isLong()
                && (items != null || textBytes < Outcome.BODY_START_BYTES_MAX + FIRST_BYTES);
    }

    private boolean isLong() {
        boolean speaksOfItems = items != null && unreadable.isEmpty() && (!begun || items.interested());
        int inflatedMax = speaksOfItems ? INFLATED_ANSWER_BYTES_MAX : ANSWER_BYTES_MAX;
        return wireBytes > (speaksOfItems ? ITEMS_ANSWER_BYTES_MAX : ANSWER_BYTES_MAX)
                || (inflater != null && textBytes > inflatedMax);
    }

    /** Takes text as the receiver meant it. */
    private void take(byte[] text) {
        textBytes += text.length;
        if (begun) {
            read(text);
            return;
        }
        firstBytes.writeBytes(text);
        // What stands behind a mark tells the same however the two come in pieces.
        byte[] unmarked = FirstBytes.withoutMarks(firstBytes.toByteArray());
        firstBytes.reset();
        firstBytes.writeBytes(unmarked);
        if (unmarked.length >= FIRST_BYTES) {
            begin();
        }
    }

    private void begin() {
        begun = true;
        byte[] first = firstBytes.toByteArray();
        String foreign = FirstBytes.foreign(first);
        if (items != null && !foreign.isEmpty()) {
            unreadable = "it begins like " + foreign + ", which no header announces";
        }
        read(first);
        firstBytes.reset();
    }

    private void read(byte[] text) {
        int kept = Math.min(text.length, Outcome.BODY_START_BYTES_MAX - start.size());
        if (kept > 0) {
            start.write(text, 0, kept);
        }
        if (items != null && unreadable.isEmpty() && items.interested()) {
            items.feed(text);
        }
    }

    /**
     * The answer, now that its body is at its end.
     *
     * @param retryAfter value of that header; empty where there is none
     */
    Outcome.Answered end(String retryAfter) {
        if (inflater != null && wireBytes > 0 && unreadable.isEmpty() && !inflater.isWhole()) {
            unreadable = "its encoding " + coding + " ends early";
        }
        return answered(retryAfter, false);
    }

    /** The same where it is read no further. */
    Outcome.Answered cut(String retryAfter) {
        return answered(retryAfter, true);
    }

    private Outcome.Answered answered(String retryAfter, boolean isCut) {
        if (!begun) {
            begin();
        }
        return new Outcome.Answered(status, retryAfter, shown(), items == null ? null : found(isCut));
    }

    private Items found(boolean isCut) {
        Items said = isCut ? items.cut() : items.end();
        return unreadable.isEmpty() || wireBytes == 0 ? said : Items.broken("the answer cannot be read: " + unreadable);
    }

    private String shown() {
        String text = start.toString(StandardCharsets.UTF_8);
        return text.isEmpty() && items == null && wireBytes > 0 && !unreadable.isEmpty()
                ? "(" + unreadable + ")"
                : text;
    }

    /** Gives back what it holds. Again: nothing. */
    @Override
    public void close() {
        if (inflater != null) {
            inflater.close();
        }
    }

    /** What the first bytes of an answer tell, up to four of them or more. */
    private static final class FirstBytes {

        private static final int[] BYTE_ORDER_MARK = {0xef, 0xbb, 0xbf};

        private FirstBytes() {}

        /** Without the byte order marks of UTF-8 that they begin with. */
        static byte[] withoutMarks(byte[] bytes) {
            int from = 0;
            while (beginsWith(bytes, from, BYTE_ORDER_MARK)) {
                from += BYTE_ORDER_MARK.length;
            }
            return Arrays.copyOfRange(bytes, from, bytes.length);
        }

        /**
         * What they begin instead of a text in UTF-8, by a byte order mark, by an object's first brace, or by what each
         * file of the kind begins with; empty where nothing tells that.
         */
        static String foreign(byte[] bytes) {
            if (beginsWith(bytes, 0x1f, 0x8b, 8)) {
                return "gzip";
            }
            if (beginsWith(bytes, 0x28, 0xb5, 0x2f, 0xfd)) {
                return "zstd";
            }
            if (beginsWith(bytes, 0, 0, 0xfe, 0xff) || beginsWith(bytes, 0, 0, 0, '{')) {
                return "UTF-32";
            }
            boolean utf16 = beginsWith(bytes, 0xfe, 0xff)
                    || beginsWith(bytes, 0xff, 0xfe)
                    || beginsWith(bytes, 0, '{')
                    || beginsWith(bytes, '{', 0);
            return utf16 ? "UTF-16" : "";
        }

        private static boolean beginsWith(byte[] bytes, int... expected) {
            return beginsWith(bytes, 0, expected);
        }

        private static boolean beginsWith(byte[] bytes, int from, int[] expected) {
            if (bytes.length - from < expected.length) {
                return false;
            }
            for (int i = 0; i < expected.length; i++) {
                if (Byte.toUnsignedInt(bytes[from + i]) != expected[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
