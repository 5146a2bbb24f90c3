package io.decant.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Java runtime of an image, by jlink, and the files of the C library that it and the native code in the jars need.
 * Both are those of the machine that builds.
 */
final class JavaRuntime {
    /**
     * All of Java SE, since drivers and jobs of users may need any of it, and what the libraries use beyond it.
     */
    private static final String MODULES = String.join(
            ",",
            "java.se",
            "jdk.charsets",
            "jdk.crypto.cryptoki",
            "jdk.crypto.ec",
            "jdk.httpserver",
            "jdk.jcmd",
            "jdk.jfr",
            "jdk.management",
            "jdk.management.agent",
            "jdk.naming.dns",
            "jdk.net",
            "jdk.security.auth",
            "jdk.security.jgss",
            "jdk.unsupported",
            "jdk.zipfs");

    /** Native code of windows, pictures and sound, whose libraries an image does not have. */
    private static final Set<String> DESKTOP = Set.of(
            "libawt.so",
            "libawt_headless.so",
            "libawt_xawt.so",
            "libfontmanager.so",
            "libfreetype.so",
            "libjavajpeg.so",
            "libjawt.so",
            "libjsound.so",
            "liblcms.so",
            "libmlib_image.so",
            "libsplashscreen.so");

    /** {@code libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x...)}, and the loader, which has no arrow. */
    private static final Pattern NEEDED = Pattern.compile("(?m)^\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)$");

    /** What is loaded by name when a host is looked up; newer C libraries have most of it inside. */
    private static final List<String> LOADED_BY_NAME = List.of(
            "libresolv.so.2",
            "libnss_dns.so.2",
            "libnss_files.so.2",
            "libdl.so.2",
            "librt.so.1",
            "libpthread.so.0",
            // Of snappy's native code, which is C++.
            "libstdc++.so.6",
            "libgcc_s.so.1");

    /** Of the JDK's own, where Debian's has a link to what its packages keep current. */
    private static final Path AUTHORITIES = Path.of("/etc/ssl/certs/java/cacerts");

    private JavaRuntime() {}

    /** Makes the runtime anew in the folder. */
    static void link(Path jmods, Path folder) throws IOException, InterruptedException {
        if (Files.exists(folder)) {
            try (Stream<Path> below = Files.walk(folder)) {
                for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Program.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "--module-path",
                jmods.toString(),
                "--add-modules",
                MODULES,
                "--no-header-files",
                "--no-man-pages",
                "--output",
                folder.toString()));
    }

    /** The runtime's files below {@code /opt/java}. */
    static void put(FileTree files, Path runtime) throws IOException {
        try (Stream<Path> below = Files.walk(runtime)) {
            for (Path file : below.filter(Files::isRegularFile)
                    .filter(file -> !DESKTOP.contains(file.getFileName().toString()))
                    .filter(file -> !file.endsWith("lib/security/cacerts"))
                    .toList()) {
                files.file(
                        "/opt/java/" + runtime.relativize(file),
                        file,
                        Files.isExecutable(file) ? FileTree.PROGRAM : FileTree.FILE);
            }
        }
        Path own = runtime.resolve("lib/security/cacerts");
        files.file("/opt/java/lib/security/cacerts", Files.exists(AUTHORITIES) ? AUTHORITIES : own, FileTree.FILE);
    }

    /** The C library of this machine, at the places at which its own loader looks. */
    static void putCLibrary(FileTree files, Path runtime) throws IOException, InterruptedException {
        List<Path> programs = new ArrayList<>();
        for (String name : files.items().keySet()) {
            if (name.startsWith("/opt/java/") && (name.endsWith(".so") || name.startsWith("/opt/java/bin/"))) {
                programs.add(runtime.resolve(name.substring("/opt/java/".length())));
            }
        }
        Set<Path> needed = needed(programs);
        needed.removeIf(file -> file.startsWith(runtime));
        Path cLibrary = needed.stream()
                .filter(file -> file.endsWith("libc.so.6"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no libc.so.6 among " + needed));
        LOADED_BY_NAME.stream()
                .map(cLibrary::resolveSibling)
                .filter(Files::exists)
                .forEach(needed::add);
        for (Path file : needed) {
            files.file(file.toString(), file, FileTree.PROGRAM);
        }
    }

    /**
     * Programs of this machine, and what they need beside what an image has already.
     *
     * @param below what the image has
     */
    static void putPrograms(FileTree files, List<Path> programs, FileTree below)
            throws IOException, InterruptedException {
        Set<Path> all = needed(programs);
        all.addAll(programs);
        for (Path file : all) {
            if (!below.items().containsKey(file.toString())) {
                files.file(file.toString(), file, FileTree.PROGRAM);
            }
        }
    }

    /** The libraries that programs are linked with. */
    private static Set<Path> needed(List<Path> programs) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ldd"));
        programs.forEach(program -> command.add(program.toString()));
        Set<Path> needed = new TreeSet<>();
        Matcher matcher = NEEDED.matcher(Program.run(command));
        while (matcher.find()) {
            needed.add(Path.of(matcher.group(1)).normalize());
        }
        return needed;
    }
}
