package io.decant.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Everything one server is told. */
public record Settings(
        String name,
        Path dataDir,
        Duration shutdownTimeout,
        Map<String, SourceSettings> sources,
        JournalSettings journal,
        BatchSettings batch,
        BucketSettings bucket,
        Map<String, SinkSettings> sinks,
        AdminSettings admin) {}
