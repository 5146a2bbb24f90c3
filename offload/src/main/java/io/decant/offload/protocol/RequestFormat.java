package io.decant.offload.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A request as a line, and back. */
public final class RequestFormat {

    private RequestFormat() {}

    /** The line, without its end. */
    public static String line(DriverRequest request) {
        return JsonObject.text(json -> write(json, request));
    }

    private static void write(JsonGenerator json, DriverRequest request) throws IOException {
        if (request instanceof DriverRequest.Start start) {
            json.writeStringField("type", "start");
            write(json, start.settings());
        } else if (request instanceof DriverRequest.Job job) {
            json.writeStringField("type", "job");
            json.writeStringField("id", job.id());
            json.writeStringField("staged", job.staged());
            json.writeArrayFieldStart("sinks");
            for (SinkOutput sink : job.sinks()) {
                write(json, sink);
            }
            json.writeEndArray();
            json.writeBooleanField("runs", job.runs());
        } else if (request instanceof DriverRequest.Ping ping) {
            json.writeStringField("type", "ping");
            json.writeStringField("id", ping.id());
        } else {
            json.writeStringField("type", "stop");
        }
    }

    private static void write(JsonGenerator json, SparkSettings settings) throws IOException {
        json.writeStringField("master", settings.master());
        json.writeStringField("application", settings.application());
        json.writeStringField("tag", settings.tag());
        json.writeStringField("hadoopConf", settings.hadoopConf());
        json.writeStringField("queue", settings.queue());
        json.writeNumberField("executorMemory", settings.executorMemoryBytes());
        json.writeNumberField("executorCores", settings.executorCores());
        json.writeNumberField("executorInstances", settings.executorInstances());
        json.writeStringField("archive", settings.archive());
        json.writeStringField("host", settings.host());
        json.writeObjectFieldStart("conf");
        for (var entry : settings.conf().entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, SinkOutput sink) throws IOException {
        json.writeStartObject();
        json.writeStringField("sink", sink.sink());
        json.writeStringField("format", sink.format());
        json.writeStringField("compression", sink.compression());
        json.writeNumberField("maxBucketDirs", sink.maxBucketDirs());
        json.writeEndObject();
    }

    /**
     * Reads a line.
     *
     * @throws JsonFormatException when it is no request
     */
    public static DriverRequest parse(String line) throws JsonFormatException {
        JsonObject json = JsonObject.parse(line);
        String type = json.string("type");
        return switch (type) {
            case "start" -> new DriverRequest.Start(settings(json));
            case "job" ->
                new DriverRequest.Job(
                        json.string("id"), json.string("staged"), sinks(json.objects("sinks")), json.truth("runs"));
            case "ping" -> new DriverRequest.Ping(json.string("id"));
            case "stop" -> new DriverRequest.Stop();
            default -> throw new JsonFormatException("type: there is no request '" + type + "'");
        };
    }

    private static SparkSettings settings(JsonObject json) throws JsonFormatException {
        return new SparkSettings(
                json.string("master"),
                json.string("application"),
                json.string("tag"),
                json.string("hadoopConf"),
                json.string("queue"),
                json.integer("executorMemory"),
                json.smallInteger("executorCores"),
                json.smallInteger("executorInstances"),
                json.string("archive"),
                json.string("host"),
                json.stringMembers("conf"));
    }

    private static List<SinkOutput> sinks(List<JsonObject> objects) throws JsonFormatException {
        List<SinkOutput> sinks = new ArrayList<>();
        for (JsonObject sink : objects) {
            sinks.add(new SinkOutput(
                    sink.string("sink"),
                    sink.string("format"),
                    sink.string("compression"),
                    sink.smallInteger("maxBucketDirs")));
        }
        return sinks;
    }
}
