package io.decant.ingest.pipeline;

import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.config.SourceSettings;
import io.decant.config.TcpSourceSettings;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * What these settings need of the JVM's memory at least, by what the code allocates at its bounds; the table in RELIABILITY.md says the same.
 * Messages name settings and not their values, which may come from variables. What grows with batches, the references to their records, lies in memory of the system that no flag of the JVM bounds, and is not counted.
 */
public final class MemoryNeeds {

    private static final long MIB = 1 << 20;

    /** Classes, threads, tables, buffers of the log and of the admin port. */
    private static final long HEAP_BASE_BYTES = 32 * MIB;
    /** Blocks between sources and writer, and what each event loop reads into. */
    private static final long DIRECT_BASE_BYTES = 24 * MIB;
    /** What a broker answers at a time, unless one record is longer. */
    private static final long FETCH_BYTES = 16 * MIB;
    /** A value for a flag is a multiple of this. */
    private static final long FLAG_STEP_BYTES = 16 * MIB;
    /** Some collectors do not count a part of the heap that is always empty. */
    private static final int TOLERANCE_DIVISOR = 16;

    private final Settings settings;
    private final int threads;

    private MemoryNeeds(Settings settings, int threads) {
        this.settings = settings;
        this.threads = threads;
    }

    /** What is missing in this JVM, in words, with the way out; empty: nothing. */
    public static List<String> problems(Settings settings) {
        Runtime runtime = Runtime.getRuntime();
        return problems(
                settings,
                runtime.maxMemory(),
                PlatformDependent.estimateMaxDirectMemory(),
                runtime.availableProcessors());
    }

    /**
     * @param heap bytes that the heap may grow to
     * @param direct bytes of direct memory
     * @param threads that part a batch
     */
    static List<String> problems(Settings settings, long heap, long direct, int threads) {
        MemoryNeeds needs = new MemoryNeeds(settings, threads);
        List<String> problems = new ArrayList<>();
        long heapNeeded = needs.heap();
        if (heapNeeded > heap + heap / TOLERANCE_DIVISOR) {
            problems.add("memory: these settings need a heap of " + flag(heapNeeded) + " (" + needs.heapText()
                    + "), and the JVM has " + mebibytes(heap) + "; put -Xmx" + flag(heapNeeded)
                    + " into JAVA_OPTS, or lower max-record");
        }
        long directNeeded = needs.direct();
        if (directNeeded > direct) {
            problems.add("memory: these settings need " + flag(directNeeded) + " of direct memory ("
                    + needs.directText()
                    + "), and the JVM has " + mebibytes(direct) + "; put -XX:MaxDirectMemorySize=" + flag(directNeeded)
                    + " into JAVA_OPTS, or lower " + needs.toLower());
        }
        return problems;
    }

    private long heap() {
        return HEAP_BASE_BYTES + jsonLevels() + fetched();
    }

    private String heapText() {
        StringJoiner text = new StringJoiner(", ").add(mebibytes(HEAP_BASE_BYTES) + " for the server itself");
        if (jsonLevels() > 0) {
            text.add(mebibytes(jsonLevels()) + " for a JSON key in records of max-record in " + threads + " threads");
        }
        if (fetched() > 0) {
            text.add(mebibytes(fetched()) + " for what Kafka brokers answer");
        }
        return text.toString();
    }

    /** A bit for each level of a record that is nothing but brackets, rounded up to a power of two, and half of it while it grows. */
    private long jsonLevels() {
        if (!settings.bucket().key().toString().startsWith("json:")) {
            return 0;
        }
        long bytes = Math.max(Long.BYTES, Long.highestOneBit(Math.max(1, maxRecord() / Byte.SIZE - 1)) << 1);
        return threads * (bytes + bytes / 2);
    }

    /** As it came, and unpacked. */
    private long fetched() {
        return settings.sources().values().stream()
                .filter(KafkaSourceSettings.class::isInstance)
                .mapToLong(kafka -> 2 * Math.max(FETCH_BYTES, kafka.maxRecord().bytes()))
                .sum();
    }

    private long direct() {
        return Math.max(DIRECT_BASE_BYTES + unfinished() + bodies(), DIRECT_BASE_BYTES + oneRecord());
    }

    private String directText() {
        if (oneRecord() > unfinished() + bodies()) {
            return "one and a half times the longest record, and " + mebibytes(DIRECT_BASE_BYTES)
                    + " for blocks on their way to the journal";
        }
        StringJoiner text =
                new StringJoiner(", ").add(mebibytes(DIRECT_BASE_BYTES) + " for blocks on their way to the journal");
        if (unfinished() > 0) {
            text.add("journal.unfinished");
        }
        settings.sinks().forEach((name, sink) -> {
            if (sink instanceof HttpSinkSettings http) {
                text.add("concurrency times max-bytes of sinks." + name
                        + (isCompressed(http) ? ", twice since they are compressed" : ""));
            }
        });
        return text.toString();
    }

    private String toLower() {
        if (oneRecord() > unfinished() + bodies()) {
            return "max-record";
        }
        return bodies() > unfinished() ? "max-bytes or concurrency of the sinks" : "journal.unfinished";
    }

    /** The longest line grows from a buffer of half its size; once it is in the journal that is given back, and a request takes less. */
    private long oneRecord() {
        return maxRecord() + maxRecord() / 2;
    }

    private long unfinished() {
        boolean lines = settings.sources().values().stream().anyMatch(TcpSourceSettings.class::isInstance);
        return lines ? settings.journal().unfinished().bytes() : 0;
    }

    private long bodies() {
        return settings.sinks().values().stream().mapToLong(MemoryNeeds::bodies).sum();
    }

    private static long bodies(SinkSettings sink) {
        if (!(sink instanceof HttpSinkSettings http)) {
            return 0;
        }
        long bytes = http.concurrency() * http.maxBytes().bytes();
        return isCompressed(http) ? 2 * bytes : bytes;
    }

    private static boolean isCompressed(HttpSinkSettings http) {
        return http.compression() != Compression.NONE;
    }

    private long maxRecord() {
        return settings.sources().values().stream()
                .map(SourceSettings::maxRecord)
                .mapToLong(DataSize::bytes)
                .max()
                .orElse(0);
    }

    private static String flag(long bytes) {
        return (bytes + FLAG_STEP_BYTES - 1) / FLAG_STEP_BYTES * (FLAG_STEP_BYTES / MIB) + "m";
    }

    private static String mebibytes(long bytes) {
        return (bytes + MIB - 1) / MIB + " MiB";
    }
}
