package io.decant.ingest.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.decant.config.PrintableText;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import org.slf4j.event.KeyValuePair;

/**
 * A log event for a machine, one JSON object: {@code time} (ISO 8601, UTC), {@code level}, {@code logger},
 * {@code thread}, {@code message}, and where there are any {@code fields} (an object; numbers and booleans stay what
 * they are), {@code error} and {@code stackTrace}.
 */
final class JsonLine implements Function<ILoggingEvent, String> {
    private static final JsonFactory JSON = new JsonFactory();

    private final boolean stackTraces;

    /** @param stackTraces whether an exception takes its stack trace along */
    JsonLine(boolean stackTraces) {
        this.stackTraces = stackTraces;
    }

    @Override
    public String apply(ILoggingEvent event) {
        StringWriter line = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("time", event.getInstant().toString());
            json.writeStringField("level", event.getLevel().toString());
            json.writeStringField("logger", event.getLoggerName());
            json.writeStringField("thread", event.getThreadName());
            json.writeStringField("message", event.getFormattedMessage());
            writeFields(json, event.getKeyValuePairs());
            writeThrown(json, event.getThrowableProxy());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does no I/O", e);
        }
        return PrintableText.ofJson(line.toString());
    }

    private static void writeFields(JsonGenerator json, List<KeyValuePair> fields) throws IOException {
        if (fields == null || fields.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("fields");
        for (KeyValuePair field : fields) {
            json.writeFieldName(field.key);
            writeValue(json, field.value);
        }
        json.writeEndObject();
    }

    private static void writeValue(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Long || value instanceof Integer) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double number && Double.isFinite(number)) {
            json.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value.toString());
        }
    }

    private void writeThrown(JsonGenerator json, IThrowableProxy thrown) throws IOException {
        if (thrown == null) {
            return;
        }
        json.writeStringField("error", ExceptionSummary.summary(thrown));
        if (stackTraces) {
            json.writeStringField("stackTrace", ThrowableProxyUtil.asString(thrown));
        }
    }
}
