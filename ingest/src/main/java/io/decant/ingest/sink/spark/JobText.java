package io.decant.ingest.sink.spark;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.decant.config.PropertyValue;
import io.decant.config.SparkSinkSettings;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.client.JobJars;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.protocol.JobJar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a cut records of a job, as JSON: it says which job was to run, and freezes nothing.
 *
 * @param settings what may be shown of them
 */
record JobText(@JsonProperty("class") String className, List<Jar> jars, Map<String, String> settings) {

    /**
     * A jar.
     *
     * @param name of its file
     * @param sha256 of its content; empty where nobody had looked yet
     */
    record Jar(String name, String sha256) {}

    /** Without the hashes of jars, which {@link #withHashes} adds. */
    static String of(SparkSinkSettings settings) {
        Map<String, String> shown = new TreeMap<>();
        settings.settings().forEach((String name, PropertyValue value) -> shown.put(name, value.toString()));
        List<Jar> jars = settings.jars().stream()
                .map(jar -> new Jar(jar.getFileName().toString(), ""))
                .toList();
        return Json.text(new JobText(settings.className(), jars, shown));
    }

    /** The same shape with the hashes of the newest copies of jars. */
    static Shape withHashes(Shape shape, JobJars jars) {
        if (shape.sinks().stream().noneMatch(sink -> sink.type().equals(SparkSinkSettings.TYPE))) {
            return shape;
        }
        List<SinkShape> sinks = new ArrayList<>();
        for (SinkShape sink : shape.sinks()) {
            List<JobJar> newest = sink.type().equals(SparkSinkSettings.TYPE) ? jars.current(sink.name()) : List.of();
            sinks.add(newest.isEmpty() ? sink : withHashes(sink, newest));
        }
        return shape.withSinks(sinks);
    }

    private static SinkShape withHashes(SinkShape sink, List<JobJar> newest) {
        try {
            JobText text = Json.read(sink.extra(), JobText.class);
            List<Jar> hashed = newest.stream()
                    .map(jar -> new Jar(jar.name(), jar.sha256()))
                    .toList();
            String extra = Json.text(new JobText(text.className(), hashed, text.settings()));
            return new SinkShape(sink.name(), sink.type(), sink.format(), sink.maxRecords(), sink.maxBytes(), extra);
        } catch (JsonFormatException e) {
            throw new IllegalStateException("a shape of our own cannot be read", e);
        }
    }

    /** The hashes that a cut names; none where a newer version has written something else. */
    static Set<String> hashes(SinkShape shape) {
        try {
            return Json.read(shape.extra(), JobText.class).jars().stream()
                    .map(Jar::sha256)
                    .collect(Collectors.toSet());
        } catch (JsonFormatException e) {
            return Set.of();
        }
    }
}
