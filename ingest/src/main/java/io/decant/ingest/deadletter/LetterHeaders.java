package io.decant.ingest.deadletter;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The headers of a record as an array of JSON objects with {@code name} and {@code value} (or {@code value-base64}, or null), and
 * back to the bytes of a frame, which {@link io.decant.bucketer.FrameHeaders} describes.
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
        for (int left = from.getInt(); left > 0; left--) {
            json.writeStartObject();
            byte[] name = bytes(from, Short.toUnsignedInt(from.getShort()));
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
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.START_OBJECT);
            headers.writeBytes(header(json));
            count++;
        }
        byte[] all = new byte[Integer.BYTES + headers.size()];
        littleEndian(all).putInt(count).put(headers.toByteArray());
        return all;
    }

    private static byte[] header(JsonParser json) throws IOException {
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
        if (name == null || name.length > Short.toUnsignedInt((short) -1)) {
            throw new IllegalArgumentException();
        }
        int length = value == null ? 0 : value.length;
        byte[] header = new byte[Short.BYTES + name.length + Integer.BYTES + length];
        ByteBuffer to =
                littleEndian(header).putShort((short) name.length).put(name).putInt(value == null ? ABSENT : length);
        if (value != null) {
            to.put(value);
        }
        return header;
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
