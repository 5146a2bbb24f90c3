package io.decant.offload.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.json.JsonObject;
import java.io.IOException;

/** An answer as a line, and back. */
public final class AnswerFormat {

    private AnswerFormat() {}

    /** The line, without its end. */
    public static String line(DriverAnswer answer) {
        return JsonObject.text(json -> write(json, answer));
    }

    private static void write(JsonGenerator json, DriverAnswer answer) throws IOException {
        if (answer instanceof DriverAnswer.Ready ready) {
            json.writeStringField("type", "ready");
            json.writeStringField("application", ready.application());
        } else if (answer instanceof DriverAnswer.Pong pong) {
            json.writeStringField("type", "pong");
            json.writeStringField("id", pong.id());
        } else if (answer instanceof DriverAnswer.Progress progress) {
            json.writeStringField("type", "progress");
            json.writeStringField("job", progress.job());
            json.writeNumberField("stage", progress.stage());
            json.writeNumberField("stages", progress.stages());
            json.writeNumberField("tasks", progress.tasks());
            json.writeNumberField("done", progress.done());
            json.writeNumberField("records", progress.records());
        } else if (answer instanceof DriverAnswer.Waiting waiting) {
            json.writeStringField("type", "waiting");
            json.writeStringField("job", waiting.job());
            json.writeStringField("why", waiting.why());
        } else if (answer instanceof DriverAnswer.Done done) {
            json.writeStringField("type", "done");
            json.writeStringField("job", done.job());
            json.writeStringField("out", done.out());
            json.writeNumberField("buckets", done.buckets());
            json.writeNumberField("records", done.records());
            json.writeNumberField("keyless", done.keyless());
            json.writeNumberField("millis", done.millis());
        } else if (answer instanceof DriverAnswer.Failed failed) {
            json.writeStringField("type", "failed");
            json.writeStringField("job", failed.job());
            json.writeStringField("error", failed.error());
            json.writeBooleanField("permanent", failed.permanent());
        }
    }

    /**
     * Reads a line.
     *
     * @throws JsonFormatException when it is no answer
     */
    public static DriverAnswer parse(String line) throws JsonFormatException {
        JsonObject json = JsonObject.parse(line);
        String type = json.string("type");
        return switch (type) {
            case "ready" -> new DriverAnswer.Ready(json.string("application"));
            case "pong" -> new DriverAnswer.Pong(json.string("id"));
            case "progress" ->
                new DriverAnswer.Progress(
                        json.string("job"),
                        json.smallInteger("stage"),
                        json.smallInteger("stages"),
                        json.smallInteger("tasks"),
                        json.smallInteger("done"),
                        json.integer("records"));
            case "waiting" -> new DriverAnswer.Waiting(json.string("job"), json.string("why"));
            case "done" ->
                new DriverAnswer.Done(
                        json.string("job"),
                        json.string("out"),
                        json.smallInteger("buckets"),
                        json.integer("records"),
                        json.integer("keyless"),
                        json.integer("millis"));
            case "failed" -> new DriverAnswer.Failed(json.string("job"), json.string("error"), json.truth("permanent"));
            default -> throw new JsonFormatException("type: there is no answer '" + type + "'");
        };
    }
}
