package io.decant.ingest.sink.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.Items;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * Finds {@link Items} in an answer while it comes in, piece by piece: the members {@code errors} and {@code items} of
 * an object, in any order and among any others. An item is an object with a {@code status}, or, as Elasticsearch's bulk
 * API has it, an object whose member {@code index}, {@code create}, {@code update} or {@code delete} is one. Keeps what
 * it has found and never the answer, so that the answer may be long.
 *
 * <p>An answer that is no object is of no interest, whatever it is, nor is an object that says that there are no
 * errors: {@code errors} is false, null, 0 or empty. One that says nothing of errors is of interest only if it has
 * items of which one is no success. Whatever may say that there are errors and cannot be read has items that are
 * {@linkplain Items#broken() broken}: an object that is broken off or too long; one that is no JSON and has
 * {@code errors} or {@code items} in it; {@code errors} of any other value; items that are missing, or there twice, or
 * have no status.
 *
 * <p>Owned by the transport's event loop.
 */
final class ItemsReader {

    /** The longest name, number or text of an answer that is read; the parser holds each in memory. */
    static final int STRING_CHARS_MAX = 1 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            // Otherwise the parser remembers names, of which an answer may have any number.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            // Python writes NaN.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(STRING_CHARS_MAX)
                    .maxNestingDepth(100)
                    .build())
            .build();

    private static final int ANSWER_DEPTH = 1;
    private static final int ITEMS_DEPTH = 2;
    private static final int ITEM_DEPTH = 3;
    private static final int ACTION_DEPTH = 4;

    private static final String ERRORS = "errors";
    private static final String ITEMS = "items";
    private static final String STATUS = "status";
    /** What an item is about, where it is Elasticsearch's. */
    private static final Set<String> ACTIONS = Set.of("index", "create", "update", "delete");

    /** What an answer that is no JSON must not have in it to be of no interest, in whatever quotes. */
    private static final byte[] CLAIM = ERRORS.getBytes(StandardCharsets.US_ASCII);

    /** Of a comma and the blanks behind it; nobody writes more. */
    private static final int HELD_BYTES_MAX = 1024;

    /** What the answer says of errors; the later ones outweigh the earlier ones where it says several things. */
    private enum Errors {
        UNSAID,
        NONE,
        UNCLEAR,
        SOME
    }

    private enum State {
        /** Nothing but blanks so far. */
        BLANK,
        /** In the midst of an object. */
        OPEN,
        /** The object is whole. */
        WHOLE,
        /** In the midst of something that began as an object, and is no JSON. */
        SPOILED,
        /** No object. */
        ENDED
    }

    private final ByteArrayOutputStream itemStart = new ByteArrayOutputStream(0);
    private State state = State.BLANK;
    private JsonParser parser;
    private ByteArrayFeeder feeder;
    private int depth;
    /** The token before this one; null before the first. */
    private JsonToken last;

    private String member = "";
    private Errors errors = Errors.UNSAID;
    /** Whether there was a member of that name, whatever its value. */
    private boolean itemsSaid;

    private Items.Builder items;
    private String broken = "";
    private int claimMatched;
    private String itemMember = "";
    private String actionMember = "";
    private boolean statusesDiffer;
    /** Whether any item, a broken one too, has a status that is no success. */
    private boolean refusalSeen;

    private int itemStatus;
    private long itemFrom;
    private byte[] chunk = new byte[0];
    private byte[] held = new byte[0];
    private long chunkFrom;

    /** Whether what comes next may matter. */
    boolean interested() {
        return state == State.BLANK || state == State.OPEN || (state == State.SPOILED && !claims());
    }

    /** Takes the next piece of the answer. */
    void feed(byte[] bytes) {
        if (state == State.BLANK) {
            begin(bytes);
        }
        if (state == State.OPEN || state == State.SPOILED) {
            // In every piece: what spoils an answer may come behind its claim, or in the midst of it.
            lookForClaim(bytes);
        }
        if (state == State.OPEN) {
            chunkFrom += chunk.length;
            chunk = withoutLastComma(bytes);
            try {
                feeder.feedInput(chunk, 0, chunk.length);
                read();
            } catch (JsonProcessingException e) {
                broken = "the answer is not JSON, or has a text that is too long, at byte " + offset();
                state = State.SPOILED;
            } catch (IOException e) {
                throw new UncheckedIOException("no input is behind this parser", e);
            }
        }
    }

    /**
     * What came, without a comma at its end and the blanks behind it, which stay for the next piece: the parser forgets
     * at the end of a piece that a comma must not stand before a closing bracket.
     */
    private byte[] withoutLastComma(byte[] bytes) {
        byte[] all = bytes;
        if (held.length > 0) {
            all = Arrays.copyOf(held, held.length + bytes.length);
            System.arraycopy(bytes, 0, all, held.length, bytes.length);
        }
        int end = all.length;
        while (end > 0 && isBlank(all[end - 1])) {
            end--;
        }
        boolean isComma = end > 0 && all[end - 1] == ',' && all.length - end < HELD_BYTES_MAX;
        int length = isComma ? end - 1 : all.length;
        held = Arrays.copyOfRange(all, length, all.length);
        return length == all.length ? all : Arrays.copyOf(all, length);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** What the answer says, now that it is at its end: null if it does not say that records were refused. */
    Items end() {
        return found(false, "the answer ends in the middle of its items");
    }

    /** The same where the answer is read no further. */
    Items cut() {
        return found(true, "the answer is too long to be read, at byte " + (chunkFrom + chunk.length + held.length));
    }

    private Items found(boolean isCut, String unfinished) {
        close();
        // What it would have said on is not known: were it taken for delivered, a record it refuses would be lost.
        return switch (state) {
            case ENDED -> null;
            case WHOLE -> whole();
            case BLANK -> isCut ? Items.broken(unfinished) : null;
            case OPEN -> errors == Errors.NONE ? null : Items.broken(broken.isEmpty() ? unfinished : broken);
            case SPOILED -> errors == Errors.NONE || !(isCut || claims()) ? null : Items.broken(broken);
        };
    }

    private Items whole() {
        return switch (errors) {
            case NONE -> null;
            case UNCLEAR -> Items.broken("the answer says errors, and neither true nor false");
            case SOME -> items == null ? Items.broken("the answer says errors and has no items") : readItems();
            case UNSAID -> items == null || !refusalSeen ? null : readItems();
        };
    }

    private Items readItems() {
        return broken.isEmpty() ? items.build() : Items.broken(broken);
    }

    private boolean claims() {
        return errors != Errors.UNSAID || items != null || claimMatched == CLAIM.length;
    }

    private void lookForClaim(byte[] bytes) {
        for (int i = 0; i < bytes.length && claimMatched < CLAIM.length; i++) {
            if (bytes[i] == CLAIM[claimMatched]) {
                claimMatched++;
            } else {
                claimMatched = bytes[i] == CLAIM[0] ? 1 : 0;
            }
        }
    }

    private void begin(byte[] bytes) {
        for (byte b : bytes) {
            if (b == '{') {
                open();
                return;
            }
            if (!isBlank(b)) {
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
        if (token == JsonToken.END_OBJECT && last == JsonToken.FIELD_NAME) {
            // Where a piece of the answer ends behind the colon, the parser says nothing of it.
            throw new JsonParseException(parser, "a member has no value");
        }
        last = token;
        if (token.isStructEnd()) {
            depth--;
        }
        switch (depth) {
            case 0 -> state = token.isStructEnd() ? State.WHOLE : state;
            case ANSWER_DEPTH -> takeMember(token);
            case ITEMS_DEPTH -> takeItem(token);
            case ITEM_DEPTH -> takeItemMember(token);
            case ACTION_DEPTH -> takeActionMember(token);
            default -> {}
        }
        if (token.isStructStart()) {
            depth++;
        }
    }

    private void takeMember(JsonToken token) throws IOException {
        if (token == JsonToken.FIELD_NAME) {
            member = parser.currentName();
        } else if (member.equals(ERRORS)) {
            takeErrors(token);
        } else if (member.equals(ITEMS) && !token.isStructEnd()) {
            if (itemsSaid) {
                broken = "the answer has items twice";
            }
            itemsSaid = true;
            if (token == JsonToken.START_ARRAY && items == null) {
                items = new Items.Builder();
            }
        }
    }

    private void takeErrors(JsonToken token) throws IOException {
        switch (token) {
            case VALUE_TRUE -> say(Errors.SOME);
            case VALUE_FALSE, VALUE_NULL, END_ARRAY, END_OBJECT -> say(Errors.NONE);
            case VALUE_STRING -> say(parser.getText().isEmpty() ? Errors.NONE : Errors.UNCLEAR);
            case VALUE_NUMBER_INT -> say(parser.getText().equals("0") ? Errors.NONE : Errors.UNCLEAR);
            // With something in it, it says so before its end.
            case START_ARRAY, START_OBJECT -> {}
            default -> say(Errors.UNCLEAR);
        }
    }

    private void say(Errors of) {
        errors = of.compareTo(errors) > 0 ? of : errors;
    }

    private boolean inItems() {
        return items != null && member.equals(ITEMS);
    }

    private boolean inItem() {
        return inItems() && broken.isEmpty() && depth >= ITEM_DEPTH;
    }

    private void takeItem(JsonToken token) {
        if (member.equals(ERRORS)) {
            // A list of errors, or an object of them, with something in it.
            say(Errors.UNCLEAR);
        }
        if (!inItems() || !broken.isEmpty()) {
            return;
        }
        if (token == JsonToken.START_OBJECT) {
            itemFrom = offset() - 1;
            itemStart.reset();
            itemStatus = 0;
            itemMember = "";
            statusesDiffer = false;
        } else if (token != JsonToken.END_OBJECT) {
            broken = "item " + items.count() + " of the answer is not an object";
        } else if (itemStatus == 0) {
            broken = "item " + items.count() + " of the answer has no status";
        } else if (statusesDiffer) {
            broken = "item " + items.count() + " of the answer has two statuses";
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
            actionMember = "";
        } else if (itemMember.equals(STATUS) && token == JsonToken.VALUE_NUMBER_INT) {
            takeStatus();
        }
    }

    private void takeActionMember(JsonToken token) throws IOException {
        if (!inItems() || !ACTIONS.contains(itemMember)) {
            return;
        }
        if (token == JsonToken.FIELD_NAME) {
            actionMember = parser.currentName();
        } else if (actionMember.equals(STATUS) && token == JsonToken.VALUE_NUMBER_INT) {
            takeStatus();
        }
    }

    private void takeStatus() throws IOException {
        int status = status();
        statusesDiffer |= itemStatus != 0 && itemStatus != status;
        refusalSeen |= status != 0 && AnswerClass.ofItem(status) != AnswerClass.DELIVERED;
        itemStatus = status;
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
