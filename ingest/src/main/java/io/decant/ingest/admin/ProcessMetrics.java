package io.decant.ingest.admin;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmCompilationMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmHeapPressureMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What dashboards for any JVM and any process ask for, under the names they know: {@code jvm_*} and {@code system_*} as
 * Micrometer has them, {@code process_*} as Prometheus' own clients have them, and Micrometer's beside.
 */
final class ProcessMetrics implements MeterBinder, AutoCloseable {

    private static final Path STATUS = Path.of("/proc/self/status");

    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final JvmHeapPressureMetrics heap = new JvmHeapPressureMetrics();

    @Override
    public void bindTo(MeterRegistry registry) {
        Stream.of(
                        gc,
                        heap,
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new JvmInfoMetrics(),
                        new JvmCompilationMetrics(),
                        new ClassLoaderMetrics(),
                        new FileDescriptorMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics())
                .forEach(binder -> binder.bindTo(registry));
        Gauge.builder("process.open.fds", FileDescriptors::open)
                .description("Open file descriptors")
                .register(registry);
        Gauge.builder("process.max.fds", FileDescriptors::max)
                .description("File descriptors that may be open at a time")
                .register(registry);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder(
                            "process.cpu", system, of -> (double) of.getProcessCpuTime() / TimeUnit.SECONDS.toNanos(1))
                    .description("Processor time of the process")
                    .baseUnit("seconds")
                    .register(registry);
        }
        if (Files.isReadable(STATUS)) {
            memory(registry, "process.resident.memory", "VmRSS:", "Memory of the process that is in RAM");
            memory(registry, "process.virtual.memory", "VmSize:", "Addresses that the process has mapped");
        }
    }

    private static void memory(MeterRegistry registry, String name, String field, String description) {
        Gauge.builder(name, () -> bytes(field))
                .description(description)
                .baseUnit("bytes")
                .register(registry);
    }

    /** Of a line such as {@code VmRSS: 1234 kB}; where it cannot be read, the metric is not a number. */
    private static double bytes(String field) {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToDouble(line -> 1_024.0
                            * Long.parseLong(line.substring(field.length())
                                    .replace("kB", "")
                                    .strip()))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException | UncheckedIOException e) {
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        gc.close();
        heap.close();
    }
}
