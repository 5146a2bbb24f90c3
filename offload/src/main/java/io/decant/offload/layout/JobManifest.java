package io.decant.offload.layout;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * What a user's job has made of a batch: {@value BatchNames#MANIFEST} in the batch's directory, the last file that is
 * written. Its components are the members of the file's object.
 *
 * @param id of the batch, for the job: {@code <name>-<journal id>-<sink>-<batch>}
 * @param name of the server when the batch was cut
 * @param journalId 8 hex digits
 * @param batch its number, from 1
 * @param className of the job that ran
 * @param jars that it ran from
 * @param records of the batch, after transforms
 * @param keyless how many of them are in no bucket, but among the dead letters
 */
@JsonPropertyOrder({"id", "name", "journal", "batch", "window", "sink", "class", "jars", "records", "keyless"})
public record JobManifest(
        String id,
        String name,
        @JsonProperty("journal") String journalId,
        long batch,
        Window window,
        String sink,
        @JsonProperty("class") String className,
        List<Jar> jars,
        long records,
        long keyless) {

    public JobManifest {
        jars = List.copyOf(jars);
    }

    /** A batch's window, in ISO 8601; the end is exclusive. */
    public record Window(String start, String end) {}

    /**
     * A jar.
     *
     * @param name of its file
     * @param sha256 of its content, 64 hex digits
     */
    public record Jar(String name, String sha256) {}

    /** The text of the file. */
    public byte[] toJson() {
        return Json.prettyLines(this);
    }

    /**
     * Reads what {@link #toJson} made. Fields that this version does not know are passed over.
     *
     * @throws ManifestException if it is something else
     */
    public static JobManifest read(InputStream json) throws IOException {
        try {
            return Json.read(json, JobManifest.class);
        } catch (JsonFormatException e) {
            throw new ManifestException("is not a manifest: " + e.getMessage(), e);
        }
    }
}
