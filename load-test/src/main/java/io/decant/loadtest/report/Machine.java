package io.decant.loadtest.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where it was measured.
 *
 * @param cores that the JVM may use
 * @param processor its model
 * @param memoryBytes of the machine, 0 where it does not tell
 * @param kernel name and version
 * @param jdk name and version
 * @param filesystem type of the one that the data was on
 */
public record Machine(int cores, String processor, long memoryBytes, String kernel, String jdk, String filesystem) {

    private static final String UNKNOWN = "unknown";

    /** @param folder where the data is */
    public static Machine of(Path folder) {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                field("/proc/cpuinfo", "model name"),
                bytes(field("/proc/meminfo", "MemTotal")),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                filesystem(folder));
    }

    /** Memory that is available without harm to others, in bytes; 0 if the system does not report it. */
    public static long availableBytes() {
        return bytes(field("/proc/meminfo", "MemAvailable"));
    }

    private static long bytes(String kibibytes) {
        return kibibytes.equals(UNKNOWN) ? 0 : Long.parseLong(kibibytes.replaceAll("\\D", "")) << 10;
    }

    private static String field(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String filesystem(Path folder) {
        try {
            return Files.getFileStore(folder).type();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
