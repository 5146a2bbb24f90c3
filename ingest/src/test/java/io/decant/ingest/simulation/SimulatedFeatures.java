package io.decant.ingest.simulation;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.JdbcSinkSettings;
import io.decant.config.SinkSettings;
import io.decant.config.SourceSettings;
import io.decant.config.SparkSinkSettings;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.console.SimulatedConsole;
import io.decant.ingest.sink.hdfs.SimulatedFiles;
import io.decant.ingest.sink.jdbc.SimulatedDatabase;
import io.decant.ingest.sink.spark.SimulatedJobs;
import io.decant.ingest.source.http.SimulatedRequests;
import io.decant.ingest.source.mysql.SimulatedImport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Further sources and sinks, each in a share of the seeds, so that a run does not take longer the more of them there
 * are.
 */
final class SimulatedFeatures {

    private static final String TABLE = "table";
    private static final String SCREEN = "screen";
    private static final int TURN_ONE_OF = 6;

    final Happenings happenings = new Happenings();
    final List<SimulatedInput> inputs = new ArrayList<>();
    private final Random random;
    /** Null: no sink writes to a database. */
    private final SimulatedDatabase database;
    /** Null: no sink runs jobs. */
    private final SimulatedJobs jobs;
    /** Null: no sink writes files. */
    private final SimulatedFiles files;
    /** Null: no sink prints. */
    private final SimulatedConsole console;

    /** @param disk dies with the server in the middle of an operation, wherever that is */
    SimulatedFeatures(long seed, KeyMode mode, SimulatedDisk disk) {
        random = new Random(seed * 0xA24B_AED4_963E_E407L);
        if (random.nextInt(3) == 0) {
            inputs.add(new SimulatedRequests(random, mode, happenings));
        }
        if (random.nextInt(3) == 0) {
            inputs.add(new SimulatedImport(random, mode, happenings));
        }
        database = mode == KeyMode.JSON ? new SimulatedDatabase(random, happenings) : null;
        jobs = mode == KeyMode.JSON && random.nextBoolean()
                ? new SimulatedJobs(random, happenings, disk::operation)
                : null;
        // Of its own, so that seeds without them stay what they were.
        Random others = new Random(seed * 0xD6E8_FEB8_6659_FD93L);
        files = others.nextInt(3) == 0 ? new SimulatedFiles(others, mode, happenings, disk::operation) : null;
        console = others.nextInt(3) == 0 ? new SimulatedConsole(others, happenings) : null;
    }

    Map<String, SourceSettings> sources() {
        Map<String, SourceSettings> sources = new LinkedHashMap<>();
        inputs.forEach(input -> sources.putAll(input.sources()));
        return sources;
    }

    /** Of sinks beside the receivers, by name: other ones at every start. */
    Map<String, SinkSettings> sinks() {
        Map<String, SinkSettings> sinks = new LinkedHashMap<>();
        if (database != null) {
            sinks.put(TABLE, database.settings());
        }
        if (jobs != null) {
            sinks.put(SimulatedJobs.NAME, jobs.settings());
        }
        if (files != null) {
            sinks.put(SimulatedFiles.NAME, files.settings());
        }
        if (console != null) {
            sinks.put(SCREEN, console.settings());
        }
        return sinks;
    }

    Sink sink(String name, SinkSettings settings, SinkContext context) {
        return switch (name) {
            case TABLE -> database.sink(name, (JdbcSinkSettings) settings, context);
            case SimulatedJobs.NAME -> jobs.sink((SparkSinkSettings) settings, context);
            case SimulatedFiles.NAME -> files.sink((HdfsSinkSettings) settings, context);
            case SCREEN -> console.sink(name);
            default -> throw new IllegalArgumentException("no sink of this name: " + name);
        };
    }

    /** Everything works from now on. */
    void heal() {
        if (database != null) {
            database.healthy = true;
        }
        if (jobs != null) {
            jobs.healthy = true;
        }
        if (files != null) {
            files.healthy = true;
        }
        if (console != null) {
            console.healthy = true;
        }
    }

    void work() {
        if (database != null) {
            database.work();
        }
        if (jobs != null) {
            jobs.work();
        }
        if (files != null) {
            files.work();
        }
        if (console != null) {
            console.work();
        }
    }

    /** What each of these sinks has got. */
    Map<String, List<String>> delivered() {
        Map<String, List<String>> delivered = new LinkedHashMap<>();
        if (database != null) {
            delivered.put(TABLE, database.rows());
        }
        if (jobs != null) {
            delivered.put(SimulatedJobs.NAME, jobs.records());
        }
        if (files != null) {
            delivered.put(SimulatedFiles.NAME, files.records());
        }
        return delivered;
    }

    /** @param records how many another sink got, by batch */
    void verifyPrinted(Map<Long, Long> records) {
        if (console != null) {
            console.verify(records);
        }
    }

    /** A server has started. */
    void start(Pipeline pipeline, long nowMillis) {
        if (files != null) {
            files.start();
        }
        inputs.forEach(input -> input.start(pipeline, nowMillis));
    }

    void stop() {
        if (files != null) {
            files.stop();
        }
        inputs.forEach(SimulatedInput::stop);
    }

    void turn(long nowMillis) {
        if (random.nextInt(2) == 0) {
            work();
        }
        if (!inputs.isEmpty() && random.nextInt(TURN_ONE_OF) == 0) {
            inputs.get(random.nextInt(inputs.size())).sendSomething(nowMillis);
        }
    }

    void sendAll(long nowMillis) {
        inputs.forEach(input -> input.sendAll(nowMillis));
    }

    boolean areDone() {
        return inputs.stream().allMatch(SimulatedInput::isDone);
    }
}
