package io.decant.offload.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * JSON of records, for what people, programs and other processes are told now and then; not for the path of the data.
 * The members of an object are the components of a record, in their order.
 *
 * <p>What is read must be what was expected: a member that is missing, null or of another type is an error, unless its
 * component is annotated {@code @JsonSetter(nulls = Nulls.SET)}; then it is null. Unknown members are
 * passed over, so that a newer writer can add some.
 *
 * <p>Its classes are many: nothing that every start needs may use it. Thread-safe.
 */
public final class Json {

    private static final ObjectMapper MAPPER = mapper();
    private static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();

    private Json() {}

    private static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .withCoercionConfig(LogicalType.Textual, config -> config.setCoercion(
                                CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
        builder.defaultSetterInfo(JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL));
        return builder.build();
    }

    /** A record as a text without line breaks. */
    public static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw unwritable(value, e);
        }
    }

    /** The same in UTF-8, indented, and with an end of its last line. */
    public static byte[] prettyLines(Object value) {
        try {
            byte[] bytes = PRETTY.writeValueAsBytes(value);
            byte[] lines = Arrays.copyOf(bytes, bytes.length + 1);
            lines[bytes.length] = '\n';
            return lines;
        } catch (JsonProcessingException e) {
            throw unwritable(value, e);
        }
    }

    /** A record as a text that is indented, without an end of its last line. */
    public static String prettyText(Object value) {
        try {
            return PRETTY.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw unwritable(value, e);
        }
    }

    private static IllegalArgumentException unwritable(Object value, JsonProcessingException cause) {
        return new IllegalArgumentException(
                "cannot be written as JSON: " + value.getClass().getName(), cause);
    }

    /**
     * Reads a text that is one object.
     *
     * @throws JsonFormatException where it is another; the message names the member
     */
    public static <T> T read(String text, Class<T> type) throws JsonFormatException {
        try {
            return found(MAPPER.readValue(text, type));
        } catch (JsonProcessingException e) {
            throw explained(e);
        }
    }

    /**
     * Reads all of a stream, which is one object.
     *
     * @throws JsonFormatException where it is another; the message names the member
     */
    public static <T> T read(InputStream in, Class<T> type) throws IOException {
        try {
            return found(MAPPER.readValue(in, type));
        } catch (JsonProcessingException e) {
            throw explained(e);
        } catch (CharConversionException e) {
            // Its first bytes look like UTF-16 or UTF-32.
            throw new JsonFormatException("not JSON: " + e.getMessage(), e);
        }
    }

    private static <T> T found(T value) throws JsonFormatException {
        if (value == null) {
            throw new JsonFormatException("not a JSON object");
        }
        return value;
    }

    private static JsonFormatException explained(JsonProcessingException e) {
        if (e instanceof StreamReadException) {
            return new JsonFormatException("not JSON: " + e.getOriginalMessage(), e);
        }
        String member = e instanceof JsonMappingException mapping ? path(mapping) : "";
        return new JsonFormatException((member.isEmpty() ? "" : member + ": ") + firstLine(e), e);
    }

    private static String firstLine(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("");
    }

    /** As {@code files[0].name}. */
    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }
}
