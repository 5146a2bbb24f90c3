package io.decant.bucketer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keys of JSON records by Jackson, as 0.1.0 found them; every batch that it cut must keep them. */
final class JacksonKeys {

    // How much a record may hold is a matter of max-record. Symbol tables are shared between parsers: were an overflow
    // to
    // fail, a record's key would depend on the records before it.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .build();

    private static final int ENCODING_BYTES = 4;
    private static final int HIGHEST_UTF8_BYTE = 0xF4;

    private final JsonPath path;

    JacksonKeys(JsonPath path) {
        this.path = path;
    }

    byte[] key(byte[] record, int length) {
        if (!mayBeUtf8(record, length)) {
            return null;
        }
        try (JsonParser parser = FACTORY.createParser(record, 0, length)) {
            if (parser.nextToken() == null) {
                return null;
            }
            byte[] key = find(parser, 0, record);
            return parser.nextToken() == null ? key : null;
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("reading an array cannot fail", e);
        }
    }

    /** Whether a record is read to its end. */
    static boolean reads(byte[] record) {
        if (!mayBeUtf8(record, record.length)) {
            return false;
        }
        try (JsonParser parser = FACTORY.createParser(record)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("reading an array cannot fail", e);
        }
    }

    /** Jackson would guess UTF-16 and UTF-32 by their zeros and byte order marks; neither can begin JSON in UTF-8. */
    private static boolean mayBeUtf8(byte[] record, int length) {
        for (int i = 0; i < Math.min(length, ENCODING_BYTES); i++) {
            if (record[i] == 0 || Byte.toUnsignedInt(record[i]) > HIGHEST_UTF8_BYTE) {
                return false;
            }
        }
        return true;
    }

    /** What the rest of the path, from {@code depth} on, leads to in the value that begins here; reads to its end. */
    private byte[] find(JsonParser parser, int depth, byte[] record) throws IOException {
        if (depth == path.length()) {
            return text(parser, record);
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            return findInObject(parser, depth, record);
        }
        return parser.currentToken() == JsonToken.START_ARRAY ? findInArray(parser, depth, record) : null;
    }

    private byte[] findInObject(JsonParser parser, int depth, byte[] record) throws IOException {
        byte[] found = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean named = parser.currentName().equals(path.name(depth));
            parser.nextToken();
            if (named) {
                found = find(parser, depth + 1, record);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private byte[] findInArray(JsonParser parser, int depth, byte[] record) throws IOException {
        byte[] found = null;
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (i == path.index(depth)) {
                found = find(parser, depth + 1, record);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static byte[] text(JsonParser parser, byte[] record) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token.isScalarValue()) {
            return parser.getText().getBytes(StandardCharsets.UTF_8);
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        return Arrays.copyOfRange(record, from, (int) parser.currentLocation().getByteOffset());
    }
}
