package io.decant.offload.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object that was read, asked for its members by name and type. A member that is missing or of another type is a
 * {@link JsonFormatException}; members that nobody asks for are nobody's business, so that a newer writer can add some.
 *
 * <p>Immutable.
 */
public final class JsonObject {

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Object> members;

    private JsonObject(Map<String, Object> members) {
        this.members = members;
    }

    /** Writes the members of an object. */
    @FunctionalInterface
    public interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    /** An object as a text without line breaks. */
    public static String text(Members members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does no I/O", e);
        }
        return text.toString();
    }

    /** Reads a text that is one object. */
    public static JsonObject parse(String text) throws JsonFormatException {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonFormatException("no JSON object");
            }
            JsonObject object = object(parser);
            if (parser.nextToken() != null) {
                throw new JsonFormatException("something follows the JSON object");
            }
            return object;
        } catch (JsonProcessingException e) {
            throw new JsonFormatException("no JSON: " + e.getOriginalMessage(), e);
        } catch (JsonFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading a string cannot fail", e);
        }
    }

    private static JsonObject object(JsonParser parser) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return new JsonObject(members);
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    private static List<Object> array(JsonParser parser) throws IOException {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    /** Whether there is such a member, and it is not null. */
    public boolean has(String name) {
        return members.get(name) != null;
    }

    public String string(String name) throws JsonFormatException {
        return member(name, String.class);
    }

    public long integer(String name) throws JsonFormatException {
        return member(name, Long.class);
    }

    /** An integer that fits 32 bits. */
    public int smallInteger(String name) throws JsonFormatException {
        long value = integer(name);
        if (value != (int) value) {
            throw new JsonFormatException(name + ": " + value + " is out of range");
        }
        return (int) value;
    }

    public boolean truth(String name) throws JsonFormatException {
        return member(name, Boolean.class);
    }

    public JsonObject object(String name) throws JsonFormatException {
        return member(name, JsonObject.class);
    }

    /** An array of objects. */
    public List<JsonObject> objects(String name) throws JsonFormatException {
        return elements(name, JsonObject.class);
    }

    /** An array of integers. */
    public List<Long> integers(String name) throws JsonFormatException {
        return elements(name, Long.class);
    }

    /** An array of strings. */
    public List<String> strings(String name) throws JsonFormatException {
        return elements(name, String.class);
    }

    /** An object whose members are all strings, in the order in which they stand. */
    public Map<String, String> stringMembers(String name) throws JsonFormatException {
        JsonObject object = object(name);
        Map<String, String> strings = new LinkedHashMap<>();
        for (String member : object.members.keySet()) {
            strings.put(member, object.string(member));
        }
        return strings;
    }

    private <T> List<T> elements(String name, Class<T> type) throws JsonFormatException {
        List<T> elements = new ArrayList<>();
        for (Object element : member(name, List.class)) {
            elements.add(checked(name, element, type));
        }
        return elements;
    }

    private <T> T member(String name, Class<T> type) throws JsonFormatException {
        return checked(name, members.get(name), type);
    }

    private static <T> T checked(String name, Object value, Class<T> type) throws JsonFormatException {
        if (!type.isInstance(value)) {
            throw new JsonFormatException(
                    value == null ? name + " is missing" : name + " is of another type: " + value);
        }
        return type.cast(value);
    }
}
