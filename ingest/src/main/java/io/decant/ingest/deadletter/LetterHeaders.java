package io.decant.ingest.deadletter;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.decant.bucketer.FrameHeaders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of a record as an array of JSON objects with {@code name} and {@code value} (or {@code value-base64}, or
 * null), and back to the bytes of a frame, which {@link io.decant.bucketer.FrameHeaders} describes.
 */
final class LetterHeaders {

    private static final int ABSENT = -1;

    private LetterHeaders() {}

    /** Writes the array, its name before it; nothing where there are no headers. */
    static void write(JsonGenerator json, byte[] headers) throws IOException {
        if (headers.length == 0) {
            return;
        }
        ByteBuffer from = littleEndian(headers);
        json.writeArrayFieldStart("headers");
        int count = from.getInt();
        boolean isWide = (count & FrameHeaders.WIDE) != 0;
        for (int left = count & ~FrameHeaders.WIDE; left > 0; left--) {
            json.writeStartObject();
            byte[] name = bytes(from, isWide ? from.getInt() : Short.toUnsignedInt(from.getShort()));
            json.writeStringField("name", new String(name, StandardCharsets.UTF_8));
            int length = from.getInt();
            LetterFormat.writeBytes(json, "value", length == ABSENT ? null : bytes(from, length));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static byte[] bytes(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    /**
     * Reads the array that the parser is at the beginning of.
     *
     * @throws IllegalArgumentException where it is none of headers
     */
    static byte[] read(JsonParser json) throws IOException {
        expect(json.currentToken(), JsonToken.START_ARRAY);
        List<Header> headers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.START_OBJECT);
            headers.add(header(json));
        }
        boolean isWide = headers.stream().anyMatch(header -> header.name().length > FrameHeaders.NAME_BYTES_MAX);
        int bytes = headers.stream().mapToInt(header -> header.bytes(isWide)).sum();
        byte[] all = new byte[Integer.BYTES + bytes];
        ByteBuffer to = littleEndian(all).putInt(isWide ? headers.size() | FrameHeaders.WIDE : headers.size());
        headers.forEach(header -> header.put(to, isWide));
        return all;
    }

    /** @param value null: none */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and never leaves this class.
    private record Header(byte[] name, byte[] value) {

        int bytes(boolean isWide) {
            return (isWide ? Integer.BYTES : Short.BYTES)
                    + name.length
                    + Integer.BYTES
                    + (value == null ? 0 : value.length);
        }

        void put(ByteBuffer to, boolean isWide) {
            if (isWide) {
                to.putInt(name.length);
            } else {
                to.putShort((short) name.length);
            }
            to.put(name).putInt(value == null ? ABSENT : value.length);
            if (value != null) {
                to.put(value);
            }
        }
    }

    private static Header header(JsonParser json) throws IOException {
        byte[] name = null;
        byte[] value = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            boolean isNull = json.nextToken() == JsonToken.VALUE_NULL;
            switch (member) {
                case "name" -> name = json.getText().getBytes(StandardCharsets.UTF_8);
                case "value" -> value = isNull ? null : json.getText().getBytes(StandardCharsets.UTF_8);
                case "value-base64" -> value = json.getBinaryValue();
                default -> json.skipChildren();
            }
        }
        if (name == null) {
            throw new IllegalArgumentException();
        }
        return new Header(name, value);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void expect(JsonToken token, JsonToken wanted) {
        if (token != wanted) {
            throw new IllegalArgumentException();
        }
    }
}
