package io.decant.ingest.server;

import io.decant.bucketer.BucketAssigner;
import io.decant.config.DataSize;
import io.decant.config.Settings;
import io.decant.config.SourceSettings;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkNeeds;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceNeeds;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What these settings need of the JVM's memory, by what the code allocates; the table in RELIABILITY.md says the same.
 * Refused is only what cannot work: a line, a body or all unfinished lines that do not fit. What does not fit at all
 * bounds at the same time is a warning, since a body is as large as its content, and a request waits until there is
 * memory for it.
 *
 * <p>Messages name settings and not their values, which may come from variables. What grows with batches, the
 * references to their records, lies in memory of the system that no flag of the JVM bounds. Of that only what
 * transforms make of batches is counted, which may be many times what came, and only for a warning.
 */
public final class MemoryNeeds {

    private static final long MIB = 1 << 20;

    /** Classes, threads, tables, buffers of the log and of the admin port. */
    private static final long HEAP_BASE_BYTES = 32 * MIB;
    /** Blocks between sources and writer, and what each event loop reads into. */
    private static final long DIRECT_BASE_BYTES = 24 * MIB;
    /** What a line takes at least while it is carried from one read to the next. */
    private static final long LINE_BYTES_MIN = 256;
    /** A value for a flag is a multiple of this. */
    private static final long FLAG_STEP_BYTES = 16 * MIB;
    /** Some collectors do not count a part of the heap that is always empty. */
    private static final int TOLERANCE_DIVISOR = 16;

    private final Settings settings;
    private final List<SourceNeeds> sources;
    private final List<SinkComponent> sinks;
    private final int threads;

    private MemoryNeeds(Settings settings, int threads) {
        this.settings = settings;
        this.sources =
                SourceTypes.of(settings).stream().map(SourceComponent::needs).toList();
        this.sinks = SinkTypes.of(settings);
        this.threads = threads;
    }

    /** What cannot work in this JVM, in words, with the way out; empty: everything can. */
    public static List<String> problems(Settings settings) {
        Runtime runtime = Runtime.getRuntime();
        return problems(settings, runtime.maxMemory(), directMemory(), runtime.availableProcessors());
    }

    /**
     * What works in this JVM, but not at all of its bounds at the same time; in words, with the way out. For settings
     * without problems.
     */
    public static List<String> warnings(Settings settings) {
        Runtime runtime = Runtime.getRuntime();
        List<String> warnings = new ArrayList<>(warnings(settings, directMemory()));
        warnings.addAll(systemWarnings(settings, runtime.maxMemory() + directMemory(), systemMemory()));
        return warnings;
    }

    /** Of the machine, or of the container that this runs in; 0 where that is not known. */
    private static long systemMemory() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean known ? known.getTotalMemorySize() : 0;
    }

    /**
     * @param flags bytes that the JVM's flags allow it
     * @param system bytes of the machine or container; 0: not known
     */
    static List<String> systemWarnings(Settings settings, long flags, long system) {
        if (settings.transforms().isEmpty() || system == 0) {
            return List.of();
        }
        long records = settings.batch().maxRecords();
        int sinks = settings.sinks().size();
        // A sink may be at a batch of its own; while one is split, the others stay.
        int keys = settings.bucket().frozenKey().slots();
        long outputs =
                BucketAssigner.bytesToTransform(records, keys) + (sinks - 1) * BucketAssigner.bytesTransformed(records);
        if (flags + outputs <= system) {
            return List.of();
        }
        return List.of("memory: what transforms make of batches takes up to " + mebibytes(outputs)
                + " of memory of the system, beside heap and direct memory, which may be " + mebibytes(flags)
                + ", and the system has " + mebibytes(system)
                + "; where that is used up, the system may end the server; give it a machine or container with at"
                + " least "
                + mebibytes(flags + outputs) + ", or lower -Xmx and -XX:MaxDirectMemorySize in JAVA_OPTS");
    }

    private static long directMemory() {
        return PlatformDependent.estimateMaxDirectMemory();
    }

    /**
     * @param heap bytes that the heap may grow to
     * @param direct bytes of direct memory
     * @param threads that split a batch
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
        String toLower = needs.tooLarge(direct);
        if (!toLower.isEmpty()) {
            String flag = flag(needs.direct());
            problems.add("memory: these settings need " + flag + " of direct memory (" + needs.directText()
                    + "), and the JVM has " + mebibytes(direct) + "; put -XX:MaxDirectMemorySize=" + flag
                    + " into JAVA_OPTS, or lower " + toLower);
        }
        return problems;
    }

    /** @param direct bytes of direct memory */
    static List<String> warnings(Settings settings, long direct) {
        MemoryNeeds needs = new MemoryNeeds(settings, 1);
        long atBounds = needs.directAtBounds();
        if (atBounds <= direct) {
            return List.of();
        }
        String flag = flag(atBounds);
        return List.of("memory: at their bounds these settings take " + flag + " of direct memory ("
                + needs.boundsText() + "), and the JVM has " + mebibytes(direct)
                + "; where that is used up, requests wait for each other, and connections with long lines are"
                + " closed; put -XX:MaxDirectMemorySize=" + flag + " into JAVA_OPTS, or lower " + needs.toLower());
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
            String uses = sources.stream()
                    .map(SourceNeeds::heapUse)
                    .filter(use -> !use.isEmpty())
                    .distinct()
                    .collect(Collectors.joining(" and "));
            text.add(mebibytes(fetched()) + " for " + uses);
        }
        return text.toString();
    }

    /**
     * A bit for each level of a record that is nothing but brackets, rounded up to a power of two, and half of it while
     * it grows.
     */
    private long jsonLevels() {
        if (!settings.bucket().frozenKey().readsJson()) {
            return 0;
        }
        long bytes = Math.max(Long.BYTES, Long.highestOneBit(Math.max(1, maxRecord() / Byte.SIZE - 1)) << 1);
        return threads * (bytes + bytes / 2);
    }

    /** An answer to each source that asks for its records, one of which is the longest record. */
    private long fetched() {
        long usual = sources.stream().mapToLong(SourceNeeds::heapBytes).sum();
        long longest = sources.stream()
                .mapToLong(source -> source.heapBytesMax() - source.heapBytes())
                .max()
                .orElse(0);
        return usual + longest;
    }

    /** The setting that makes something too large for this memory even if there is nothing else; empty: none does. */
    private String tooLarge(long direct) {
        if (DIRECT_BASE_BYTES + oneRecord() > direct) {
            return "max-record";
        }
        if (DIRECT_BASE_BYTES + unfinished() > direct) {
            return "journal.unfinished";
        }
        return requests().anyMatch(sink -> sink.requestBytes() > direct) ? "max-bytes of the sink" : "";
    }

    /** With so much everything works: each sink has a body under way beside all unfinished lines. */
    private long direct() {
        long bodies = requests().mapToLong(SinkNeeds::requestBytes).sum();
        return DIRECT_BASE_BYTES + Math.max(unfinished() + bodies + maxRecord(), oneRecord());
    }

    private String directText() {
        StringJoiner text = new StringJoiner(", ")
                .add(mebibytes(DIRECT_BASE_BYTES) + " for blocks on their way to the journal")
                .add("the longest record");
        if (unfinished() > 0) {
            text.add("journal.unfinished");
        }
        addSinks(text, "max-bytes of sinks.");
        return text.toString();
    }

    private long directAtBounds() {
        long bodies = requests().mapToLong(SinkNeeds::requestsBytes).sum();
        return DIRECT_BASE_BYTES + Math.max(unfinishedBuffers() + bodies, oneRecord());
    }

    private String boundsText() {
        StringJoiner text =
                new StringJoiner(", ").add(mebibytes(DIRECT_BASE_BYTES) + " for blocks on their way to the journal");
        if (unfinished() > 0) {
            text.add("twice journal.unfinished, since buffers double");
        }
        addSinks(text, "concurrency times max-bytes of sinks.");
        return text.toString();
    }

    private void addSinks(StringJoiner text, String what) {
        for (SinkComponent sink : sinks) {
            SinkNeeds needs = sink.needs();
            if (needs.hasRequests()) {
                text.add(what + sink.name() + (needs.compressed() ? ", twice since they are compressed" : ""));
            }
        }
    }

    private String toLower() {
        long bodies = requests().mapToLong(SinkNeeds::requestsBytes).sum();
        return bodies > unfinishedBuffers() ? "max-bytes or concurrency of the sinks" : "journal.unfinished";
    }

    /**
     * The longest line grows from a buffer of half its size; once it is in the journal that is given back, and a
     * request takes less.
     */
    private long oneRecord() {
        return maxRecord() + maxRecord() / 2;
    }

    private long unfinished() {
        return sources.stream().anyMatch(source -> source.lines() > 0)
                ? settings.journal().unfinished().bytes()
                : 0;
    }

    /**
     * A buffer is up to twice as long as its line, and has a least length, of which as many lines are as there may be
     * connections.
     */
    private long unfinishedBuffers() {
        long lines = sources.stream().mapToLong(SourceNeeds::lines).sum();
        return Math.max(2 * unfinished(), lines * LINE_BYTES_MIN);
    }

    private Stream<SinkNeeds> requests() {
        return sinks.stream().map(SinkComponent::needs).filter(SinkNeeds::hasRequests);
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
