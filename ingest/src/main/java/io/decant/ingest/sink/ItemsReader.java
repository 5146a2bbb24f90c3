package io.decant.ingest.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Finds {@link Items} in an answer while it comes in, piece by piece: the members {@code errors} and {@code items} of an
 * object, in any order and among any others. Keeps what it has found and never the answer, so that the answer may be long.
 *
 * <p>An answer that is something else is of no interest, whatever it is. One that is broken off, or broken, has items that
 * are {@linkplain Items#broken() broken} if it has begun with them, or has said that there are errors, unless it has said that there
 * are none; otherwise it, too, is of no interest.
 *
 * <p>Owned by the transport's event loop.
 */
final class ItemsReader {

    /** The longest name, number or text of an answer that is read; the parser holds each in memory. */
    static final int STRING_CHARS_MAX = 1 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            // Otherwise the parser remembers names, of which an answer may have any number.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(STRING_CHARS_MAX)
                    .maxNestingDepth(100)
                    .build())
            .build();

    private static final int ANSWER_DEPTH = 1;
    private static final int ITEMS_DEPTH = 2;
    private static final int ITEM_DEPTH = 3;

    private enum State {
        /** Nothing but blanks so far. */
        BLANK,
        /** In the midst of an object. */
        OPEN,
        /** The object is whole. */
        WHOLE,
        /** No object, or one that is no JSON. */
        ENDED
    }

    private final ByteArrayOutputStream itemStart = new ByteArrayOutputStream(0);
    private State state = State.BLANK;
    private JsonParser parser;
    private ByteArrayFeeder feeder;
    private int depth;
    private String member = "";
    private Boolean errors;
    private Items.Builder items;
    private String broken = "";
    private String itemMember = "";
    private int itemStatus;
    private long itemFrom;
    private byte[] chunk = new byte[0];
    private long chunkFrom;

    /** Whether what comes next may matter. */
    boolean interested() {
        return state == State.BLANK || state == State.OPEN;
    }

    /** Takes the next piece of the answer. */
    void feed(byte[] bytes) {
        if (state == State.BLANK) {
            begin(bytes);
        }
        if (state == State.OPEN) {
            chunkFrom += chunk.length;
            chunk = bytes;
            try {
                feeder.feedInput(bytes, 0, bytes.length);
                read();
            } catch (JsonProcessingException e) {
                broken = "the answer is no JSON, or has too long a text, at byte " + offset();
                state = State.ENDED;
            } catch (IOException e) {
                throw new UncheckedIOException("no input is behind this parser", e);
            }
        }
    }

    /** What the answer says, now that it is at its end: null if it does not say that records were refused. */
    Items end() {
        return found("the answer ends in the midst of its items");
    }

    /** The same where the answer is read no further. */
    Items cut() {
        return found("the answer is too long to be read, at byte " + (chunkFrom + chunk.length));
    }

    private Items found(String unfinished) {
        close();
        if (state == State.WHOLE) {
            if (errors == null || !errors) {
                return null;
            }
            if (items == null) {
                return Items.broken("the answer says errors and has no items");
            }
            return broken.isEmpty() ? items.build() : Items.broken(broken);
        }
        // What it would have said is not known: were it taken for delivered, a record it refuses would be lost.
        boolean refused = errors == null ? items != null : errors;
        return refused ? Items.broken(broken.isEmpty() ? unfinished : broken) : null;
    }

    private void begin(byte[] bytes) {
        for (byte b : bytes) {
            if (b == '{') {
                open();
                return;
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                state = State.ENDED;
                return;
            }
        }
    }

    private void open() {
        try {
            parser = JSON.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new UncheckedIOException("no input is behind this parser", e);
        }
        feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        state = State.OPEN;
    }

    private void close() {
        if (parser != null) {
            try {
                parser.close();
            } catch (IOException e) {
                throw new UncheckedIOException("no input is behind this parser", e);
            }
        }
    }

    private void read() throws IOException {
        while (state == State.OPEN) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.NOT_AVAILABLE) {
                break;
            }
            take(token);
        }
        if (inItem()) {
            keepUpTo(chunkFrom + chunk.length);
        }
    }

    private void take(JsonToken token) throws IOException {
        if (token.isStructEnd()) {
            depth--;
        }
        switch (depth) {
            case 0 -> state = token.isStructEnd() ? State.WHOLE : state;
            case ANSWER_DEPTH -> takeMember(token);
            case ITEMS_DEPTH -> takeItem(token);
            case ITEM_DEPTH -> takeItemMember(token);
            default -> {}
        }
        if (token.isStructStart()) {
            depth++;
        }
    }

    private void takeMember(JsonToken token) throws IOException {
        if (token == JsonToken.FIELD_NAME) {
            member = parser.currentName();
        } else if (member.equals("errors")) {
            errors = token == JsonToken.VALUE_TRUE;
        } else if (member.equals("items") && token == JsonToken.START_ARRAY) {
            items = new Items.Builder();
            broken = "";
        }
    }

    private boolean inItems() {
        return items != null && member.equals("items");
    }

    private boolean inItem() {
        return inItems() && broken.isEmpty() && depth >= ITEM_DEPTH;
    }

    private void takeItem(JsonToken token) {
        if (!inItems() || !broken.isEmpty()) {
            return;
        }
        if (token == JsonToken.START_OBJECT) {
            itemFrom = offset() - 1;
            itemStart.reset();
            itemStatus = 0;
            itemMember = "";
        } else if (token != JsonToken.END_OBJECT) {
            broken = "item " + items.count() + " of the answer is no object";
        } else if (itemStatus == 0) {
            broken = "item " + items.count() + " of the answer has no status";
        } else {
            keepUpTo(offset());
            items.add(itemStatus, itemStart.toString(StandardCharsets.UTF_8));
        }
    }

    private void takeItemMember(JsonToken token) throws IOException {
        if (!inItems()) {
            return;
        }
        if (token == JsonToken.FIELD_NAME) {
            itemMember = parser.currentName();
        } else if (itemMember.equals("status") && token == JsonToken.VALUE_NUMBER_INT) {
            itemStatus = status();
        }
    }

    /** The number at hand, 0 if it is no status. */
    private int status() throws IOException {
        if (parser.getNumberType() != JsonParser.NumberType.INT) {
            return 0;
        }
        int value = parser.getIntValue();
        return value >= Items.STATUS_MIN && value <= Items.STATUS_MAX ? value : 0;
    }

    /** Bytes of the answer that are behind the parser. */
    private long offset() {
        return parser.currentLocation().getByteOffset();
    }

    /** Keeps what of the item's start is still missing and stands in this chunk. */
    private void keepUpTo(long end) {
        long next = itemFrom + itemStart.size();
        long kept = Math.min(end - next, Items.TEXT_BYTES_MAX - itemStart.size());
        if (kept > 0) {
            itemStart.write(chunk, (int) (next - chunkFrom), (int) kept);
        }
    }
}
