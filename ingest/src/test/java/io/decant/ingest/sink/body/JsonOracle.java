package io.decant.ingest.sink.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON and UTF-8 as others read them: Jackson, and the decoder of the JDK. */
final class JsonOracle {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private JsonOracle() {}

    /** The text; null where the bytes are not well-formed UTF-8. */
    static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Whether these are one JSON text. */
    static boolean isJson(byte[] bytes) {
        String text = utf8(bytes);
        if (text == null) {
            return false;
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The members of an object, in order, with their values as JSON text in its shortest form. */
    static Map<String, String> members(String object) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = FACTORY.createParser(object)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, object);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                StringWriter value = new StringWriter();
                try (JsonGenerator json = FACTORY.createGenerator(value)) {
                    json.copyCurrentStructure(parser);
                }
                require(members.put(name, value.toString()) == null, object);
            }
            require(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null, object);
            return members;
        } catch (IOException e) {
            throw new UncheckedIOException(object, e);
        }
    }

    private static void require(boolean holds, String object) {
        if (!holds) {
            throw new AssertionError("no object of members, each once: " + object);
        }
    }
}
